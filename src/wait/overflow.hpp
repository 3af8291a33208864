// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

namespace weft::wait {

/// From now on, whoever of this thread runs into the guard below its stack is told
/// on stderr before the process ends with SIGSEGV: a green thread by its name, a
/// greenlet or generator by the thread's. Takes the signal only if nobody else has: a
/// handler of the program's own stays.
void catch_overflows() noexcept;

/// Gives back what catch_overflows() took for this thread.
void release_overflows() noexcept;

}  // namespace weft::wait
