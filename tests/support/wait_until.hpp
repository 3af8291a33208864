// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <sched.h>
#include <time.h>

#include <cstdint>

#include "wait/hub.hpp"

namespace weft::test {

/// How much longer things take in this build: 1, and more under a sanitizer.
double patience();

/// Nanoseconds that really passed, whatever clock the test has set.
inline std::int64_t real_now() {
  timespec t;
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

/// Waits until `predicate` holds; false if it did not within `seconds`
/// (multiplied by patience()). Looks often, and leaves the CPU to others
/// meanwhile. This is how a test waits for others to arrive:
///
///     ASSERT_TRUE(wait_until([&] { return bunch.started() == 3; }));
template <class Predicate>
[[nodiscard]] bool wait_until(Predicate predicate, double seconds = 10) {
  std::int64_t end = real_now() + static_cast<std::int64_t>(seconds * patience() * 1e9);
  for (int round = 0; !predicate(); ++round) {
    if (real_now() >= end) return predicate();
    if (wait::Hub* hub = wait::Hub::find()) hub->yield();  // those on the same thread, too
    if (round < 200) {
      ::sched_yield();
    } else {
      timespec pause{0, round < 1000 ? 50'000 : 1'000'000};
      ::nanosleep(&pause, nullptr);
    }
  }
  return true;
}

}  // namespace weft::test
