// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

namespace weft::os {

/// Nanoseconds on CLOCK_MONOTONIC, or on the test's clock where one is set.
std::int64_t now() noexcept;

/// The same, never the test's.
std::int64_t monotonic() noexcept;

/// The same, some milliseconds old: what it costs to read is next to nothing.
std::int64_t coarse() noexcept;

/// A clock that stands still until the test moves it. While one exists, every
/// timed wait of the process runs on it; moving it is wait::move_clock.
class TestClock {
 public:
  TestClock() noexcept;
  ~TestClock();
  TestClock(const TestClock&) = delete;
  TestClock& operator=(const TestClock&) = delete;

  static bool active() noexcept;
  static void move(std::int64_t nanoseconds) noexcept;
};

}  // namespace weft::os
