// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "contracts/base_lock.hpp"

namespace weft::test {

/// CPython's LockTests: a lock that is not owned, and that its holder may not
/// take again.
template <class Hole>
class LockTests : public ::testing::Test {};
TYPED_TEST_SUITE_P(LockTests);

// It has to be released before it can be acquired again.
TYPED_TEST_P(LockTests, Reacquire) {
  Subject<TypeParam> lock;
  SharedNumber<TypeParam> phase;
  Hands<TypeParam> hand(1, [lock, phase] {
    lock->acquire();
    *phase = 1;
    lock->acquire();
    *phase = 2;
  });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*lock, 1));
  EXPECT_EQ(*phase, 1);
  lock->release();
  EXPECT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(*phase, 2);
}

// Anyone may release it.
TYPED_TEST_P(LockTests, DifferentThread) {
  Subject<TypeParam> lock;
  lock->acquire();
  {
    Hands<TypeParam> hand(1, [lock] { lock->release(); });
    ASSERT_TRUE(hand.wait_for_finished());
  }
  EXPECT_TRUE(lock->acquire(0));
  lock->release();
}

TYPED_TEST_P(LockTests, StateAfterTimeout) {
  Time<TypeParam> time;
  Subject<TypeParam> lock;
  lock->acquire();
  SharedNotes<TypeParam> results;
  {
    Hands<TypeParam> hand(1, [lock, results] { results->add(lock->acquire(0.01)); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*lock, 1));
    time.move(0.02);
    ASSERT_TRUE(hand.wait_for_finished());
  }
  EXPECT_EQ(results->values(), times({{1, false}}));
  EXPECT_TRUE(lock->locked());
  lock->release();
  EXPECT_FALSE(lock->locked());
  EXPECT_TRUE(lock->acquire(0));
}

// ThreadingExceptionTests.test_releasing_unacquired_lock.
TYPED_TEST_P(LockTests, ReleasingUnacquiredLock) {
  Subject<TypeParam> lock;
  EXPECT_TRUE(throws<RuntimeError>([&] { lock->release(); }, "release unlocked lock"));
  lock->acquire();
  lock->release();
  EXPECT_TRUE(throws<RuntimeError>([&] { lock->release(); }, "release unlocked lock"));
  EXPECT_FALSE(lock->locked());
  EXPECT_TRUE(lock->acquire(0));
}

TYPED_TEST_P(LockTests, Locked) {
  Subject<TypeParam> lock;
  EXPECT_FALSE(lock->locked());
  lock->acquire();
  EXPECT_TRUE(lock->locked());
  SharedNotes<TypeParam> results;
  Hands<TypeParam>(1, [lock, results] { results->add(lock->locked()); }).join();
  EXPECT_EQ(results->values(), times({{1, true}}));
  lock->release();
  EXPECT_FALSE(lock->locked());
}

REGISTER_TYPED_TEST_SUITE_P(LockTests, Reacquire, DifferentThread, StateAfterTimeout, ReleasingUnacquiredLock, Locked);

}  // namespace weft::test
