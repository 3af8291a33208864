// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <poll.h>

#include <span>

#include "wait/deadline.hpp"
#include "wait/place.hpp"

namespace weft::wait {

/// Sleeps until one of the descriptors is ready for what its `events` ask, at
/// most until `deadline`. Returns Woken (each `revents` says what is ready),
/// TimedOut, or Interrupted when the stop token of the deadline is set. A
/// deadline that is_now() only looks. Throws OSError if the kernel refuses.
Outcome wait_ready(std::span<pollfd> descriptors, const Deadline& deadline, const Reason& reason);

}  // namespace weft::wait
