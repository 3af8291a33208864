// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <poll.h>

#include <cstdint>
#include <span>

namespace weft::os {

/// Sleeps until a descriptor is ready, at most until `deadline` (nanoseconds on
/// CLOCK_MONOTONIC; 0: only looks). Returns how many are ready, or minus errno:
/// EINTR, EINVAL, ENOMEM.
int poll(std::span<pollfd> descriptors, std::int64_t deadline) noexcept;

}  // namespace weft::os
