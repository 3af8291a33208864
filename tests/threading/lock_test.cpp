// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/lock.hpp"

#include <chrono>
#include <cmath>

#include "contracts/crews.hpp"
#include "contracts/lock.hpp"

namespace weft::test {
namespace {

using threading::Lock;

using Holes = EveryCrew<Lock>;
INSTANTIATE_TYPED_TEST_SUITE_P(Lock, BaseLockTests, Holes, CrewNames);
INSTANTIATE_TYPED_TEST_SUITE_P(Lock, LockTests, Holes, CrewNames);

// Usable from static initialisation on, and there until the very end.
constinit Lock at_static_initialisation;
static_assert(sizeof(Lock) == 4);
static_assert(std::is_trivially_destructible_v<Lock>);

TEST(LockTest, IsConstinit) {
  std::scoped_lock held(at_static_initialisation);
  EXPECT_TRUE(at_static_initialisation.locked());
}

// A test without a contract: among those who sleep, release() wakes the one that
// waited longest, so without newcomers the lock goes round in order.
TEST(LockTest, WakesWhoWaitedLongest) {
  Lock lock;
  Notes order;
  constexpr int N = 5;
  std::vector<std::unique_ptr<Bunch<OsThreads>>> hands;
  lock.acquire();
  for (int i = 0; i < N; ++i) {
    hands.push_back(std::make_unique<Bunch<OsThreads>>(1, [&, i] {
      std::scoped_lock held(lock);
      order.add(i);
    }));
    ASSERT_TRUE(wait_until([&] { return waiters(&lock) == i + 1; }));
  }
  lock.release();
  hands.clear();
  EXPECT_EQ(order.values(), (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(LockTest, InterruptEndsOneAcquire) {
  Lock lock;
  Notes results;
  lock.acquire();
  Bunch<OsThreads> hand(1, [&] {
    results.add(lock.acquire());
    results.add(lock.acquire());
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&lock) == 1; }));
  interrupt_waiters(&lock);
  ASSERT_TRUE(wait_until([&] { return results.size() == 1 && waiters(&lock) == 1; }));
  lock.release();
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(results.values(), (std::vector<int>{false, true}));
}

// lock() never returns without the lock, whatever ends its waits.
TEST(LockTest, InterruptedLockStillHasTheLock) {
  Lock lock;
  lock.acquire();
  bool held_at_the_end = false;
  Bunch<OsThreads> hand(1, [&] {
    lock.lock();
    held_at_the_end = !lock.try_lock();
    lock.unlock();
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&lock) == 1; }));
  interrupt_waiters(&lock);
  EXPECT_FALSE(wait_until([&] { return hand.finished() == 1; }, 0.02));
  lock.release();
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_TRUE(held_at_the_end);
}

TEST(LockTest, NotANumberIsNoTimeout) {
  Lock lock;
  const char* words = "Invalid value NaN (not a number)";
  EXPECT_TRUE(throws<ValueError>([&] { lock.acquire(std::nan("")); }, words));
  EXPECT_TRUE(throws<ValueError>([&] { lock.acquire(std::chrono::duration<double>(std::nan(""))); }, words));
  EXPECT_FALSE(lock.locked());
}

}  // namespace
}  // namespace weft::test
