// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

namespace weft::wait {

/// True if nobody of this process can ever wake anybody: every thread and every
/// green thread sleeps without a deadline, on what only another one of them
/// could change, and there is no thread that weft does not know. False whenever
/// that is not certain.
bool nobody_can_wake_others();

}  // namespace weft::wait
