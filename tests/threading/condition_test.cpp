// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/condition.hpp"

#include "contracts/condition.hpp"
#include "contracts/crews.hpp"
#include "contracts/rlock.hpp"

namespace weft::test {
namespace {

using threading::Condition, threading::Lock, threading::RLock;

using Holes = ::testing::Types<ConditionHole<Condition, Lock, RLock, AnyCrew>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Condition, ConditionTests, Holes, CrewNames);

// ConditionAsRLockTests: it has an RLock of its own and passes on what that does.
INSTANTIATE_TYPED_TEST_SUITE_P(ConditionAsRLock, RLockTests, Holes, CrewNames);

TEST(ConditionTest, LockedSaysWhetherTheLockIsHeld) {
  Lock lock;
  RLock rlock;
  Condition own, on_lock(lock), on_rlock(rlock);
  for (Condition* condition : {&own, &on_lock, &on_rlock}) {
    EXPECT_FALSE(condition->locked());
    condition->acquire();
    EXPECT_TRUE(condition->locked());
    condition->release();
    EXPECT_FALSE(condition->locked());
  }
}

// An interruption ends the wait, but not the taking of the lock on its way out:
// whoever returns from wait() has the lock, and is not in the list any more.
TEST(ConditionTest, InterruptedWaitHasTheLock) {
  Lock lock;
  Condition condition(lock);
  Notes results;
  bool held_at_the_end = false;
  Bunch<OsThreads> hand(1, [&] {
    lock.acquire();
    results.add(condition.wait());
    held_at_the_end = !lock.try_lock();
    lock.release();
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&condition) == 1; }));
  lock.acquire();
  interrupt_waiters(&condition);
  ASSERT_TRUE(wait_until([&] { return waiters(&lock) == 1; }));
  interrupt_waiters(&lock);
  EXPECT_FALSE(wait_until([&] { return hand.finished() == 1; }, 0.02));
  lock.release();
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(results.values(), times({{1, false}}));
  EXPECT_TRUE(held_at_the_end);
  std::scoped_lock held(condition);
  condition.notify_all();
}

}  // namespace
}  // namespace weft::test
