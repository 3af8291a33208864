// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/clock.hpp"

#include <time.h>

#include <atomic>

namespace weft::os {
namespace {

constinit std::atomic<std::int64_t> test_now{0};  // 0: no test clock

std::int64_t read(clockid_t clock) noexcept {
  timespec t;
  ::clock_gettime(clock, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

}  // namespace

std::int64_t monotonic() noexcept { return read(CLOCK_MONOTONIC); }

std::int64_t coarse() noexcept {
  std::int64_t faked = test_now.load(std::memory_order_acquire);
  return faked != 0 ? faked : read(CLOCK_MONOTONIC_COARSE);
}

std::int64_t now() noexcept {
  std::int64_t faked = test_now.load(std::memory_order_acquire);
  return faked != 0 ? faked : monotonic();
}

TestClock::TestClock() noexcept { test_now.store(monotonic(), std::memory_order_release); }
TestClock::~TestClock() { test_now.store(0, std::memory_order_release); }
bool TestClock::active() noexcept { return test_now.load(std::memory_order_acquire) != 0; }
void TestClock::move(std::int64_t nanoseconds) noexcept { test_now.fetch_add(nanoseconds, std::memory_order_acq_rel); }

}  // namespace weft::os
