// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/timer.hpp"

#include "contracts/contract.hpp"

namespace weft::test {
namespace {

using namespace threading;

// Somebody waits with the deadline that the timer has.
bool asleep() {
  for (const wait::Sight& sight : wait::everybody()) {
    if (!sight.kind.empty() && sight.deadline != os::Never) return true;
  }
  return false;
}

TEST(TimerTests, InitImmutableDefaultArgs) {
  std::vector<int> calls;
  Event called;
  for (int i = 0; i < 2; ++i) {
    Timer timer(
        0.001,
        [&](int value) {
          calls.push_back(value);
          called.set();
        },
        i);
    timer.start();
    EXPECT_TRUE(called.wait(10));
    called.clear();
    timer.join();
  }
  EXPECT_EQ(calls, (std::vector<int>{0, 1}));
}

TEST(TimerTests, CallsWhenItsTimeHasCome) {
  os::TestClock clock;
  std::atomic<bool> called{false};
  Timer timer(30, [&] { called = true; });
  EXPECT_FALSE(timer.is_alive());
  timer.start();
  ASSERT_TRUE(wait_until(asleep));
  wait::move_clock(29'000'000'000);
  EXPECT_FALSE(wait_until([&] { return called.load(); }, 0.01));
  EXPECT_TRUE(timer.is_alive());
  wait::move_clock(2'000'000'000);
  timer.join();
  EXPECT_TRUE(called);
}

// The time counts from start(), not from when the timer was made.
TEST(TimerTests, CountsFromStart) {
  os::TestClock clock;
  std::atomic<bool> called{false};
  Timer timer(30, [&] { called = true; });
  wait::move_clock(40'000'000'000);
  timer.start();
  ASSERT_TRUE(wait_until(asleep));
  wait::move_clock(20'000'000'000);
  EXPECT_FALSE(wait_until([&] { return called.load(); }, 0.01));
  timer.cancel();
  timer.join();
}

TEST(TimerTests, Cancel) {
  os::TestClock clock;
  bool called = false;
  Timer timer(30, [&] { called = true; });
  timer.start();
  ASSERT_TRUE(wait_until(asleep));
  timer.cancel();
  timer.join();
  EXPECT_FALSE(called);
  timer.cancel();  // too late, and harmless
}

TEST(TimerTests, CancelBeforeStart) {
  bool called = false;
  Timer timer(3600, [&] { called = true; });
  timer.cancel();
  timer.start();
  EXPECT_TRUE(timer.join(10));
  EXPECT_FALSE(called);
}

TEST(TimerTests, NoTimeAtAll) {
  for (double interval : {0.0, -1.0}) {
    bool called = false;
    Timer timer(interval, [&] { called = true; });
    timer.start();
    timer.join();
    EXPECT_TRUE(called);
  }
}

}  // namespace
}  // namespace weft::test
