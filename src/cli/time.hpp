// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <time.h>

#include <cstdint>

namespace weft::cli {

/// Nanoseconds on the clock that nobody sets.
using Time = std::int64_t;

inline constexpr Time Millisecond = 1'000'000, Second = 1'000'000'000;
inline constexpr Time Never = INT64_MAX;

inline Time now() noexcept {
  timespec t;
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * Second + t.tv_nsec;
}

/// What the clock on the wall says, since 1970.
inline Time wall_clock() noexcept {
  timespec t;
  ::clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * Second + t.tv_nsec;
}

inline double seconds(Time t) noexcept { return static_cast<double>(t) / 1e9; }

}  // namespace weft::cli
