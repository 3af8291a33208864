// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/barrier.hpp"

#include "contracts/barrier.hpp"
#include "contracts/crews.hpp"

namespace weft::test {
namespace {

using threading::Barrier;

using Holes = EveryCrew<Barrier>;
INSTANTIATE_TYPED_TEST_SUITE_P(Barrier, BarrierTests, Holes, CrewNames);

// Who has arrived stays for the action, however often it is interrupted.
TEST(BarrierTest, InterruptedDuringActionStillWaitsForIt) {
  std::atomic<bool> acting{false}, may_end{false};
  Barrier barrier(2, {.action = [&] {
                    acting = true;
                    static_cast<void>(wait_until([&] { return may_end.load(); }));
                  }});
  Bunch<OsThreads> first(1, [&] { barrier.wait(); });
  ASSERT_TRUE(wait_until([&] { return waiters(&barrier) == 1; }));
  Bunch<OsThreads> second(1, [&] { barrier.wait(); });
  ASSERT_TRUE(wait_until([&] { return acting.load(); }));
  for (int i = 0; i < 3; ++i) {
    interrupt_waiters(&barrier);
    EXPECT_FALSE(wait_until([&] { return first.finished() == 1; }, 0.02));
  }
  may_end = true;
  EXPECT_TRUE(first.wait_for_finished());
  EXPECT_FALSE(barrier.broken());
}

TEST(BarrierTest, TooManyParties) { EXPECT_THROW(Barrier(1 << 20), ValueError); }

}  // namespace
}  // namespace weft::test
