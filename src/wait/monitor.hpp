// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

namespace weft::wait {

/// In debug mode (WEFT_DEBUG=1 in the environment), starts a thread, once, that
/// names on stderr each green thread that holds its hub for longer than
/// WEFT_MAX_BLOCKING_TIME seconds (0.1 if that is not set), with its stack. To
/// get at the stack it uses the real-time signal SIGRTMAX - 3, if it is free.
void watch_hubs() noexcept;

/// Whether that thread is among those of this process. It is not in the child of
/// a fork().
bool hubs_are_watched() noexcept;

}  // namespace weft::wait
