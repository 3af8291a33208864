// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "contracts/base_lock.hpp"

namespace weft::test {

/// CPython's RLockTests: a lock that belongs to its holder, who may take it
/// again. A Condition passes them too, since it has an RLock of its own.
template <class Hole>
class RLockTests : public ::testing::Test {};
TYPED_TEST_SUITE_P(RLockTests);

TYPED_TEST_P(RLockTests, Reacquire) {
  Subject<TypeParam> lock;
  EXPECT_TRUE(lock->acquire());
  EXPECT_TRUE(lock->acquire());
  lock->release();
  EXPECT_TRUE(lock->acquire(0));
  lock->release();
  lock->release();
}

TYPED_TEST_P(RLockTests, ReleaseUnacquired) {
  Subject<TypeParam> lock;
  EXPECT_TRUE(throws<RuntimeError>([&] { lock->release(); }, "cannot release un-acquired lock"));
  lock->acquire();
  lock->acquire();
  lock->release();
  lock->acquire();
  lock->release();
  lock->release();
  EXPECT_TRUE(throws<RuntimeError>([&] { lock->release(); }, "cannot release un-acquired lock"));
}

TYPED_TEST_P(RLockTests, DifferentThread) {
  Subject<TypeParam> lock;
  Hands<TypeParam> hand(1, [lock] { lock->acquire(); }, {.wait_before_exit = true});
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_THROW(lock->release(), RuntimeError);
  EXPECT_FALSE(lock->acquire(0));
}

// Owned by its holder and by nobody else, at any depth: shown by who may
// release it, and who may take it once more.
TYPED_TEST_P(RLockTests, IsOwned) {
  Subject<TypeParam> lock;
  auto others_own_it = [lock] {
    SharedNotes<TypeParam> results;
    Hands<TypeParam>(1, [lock, results] {
      try {
        lock->release();
        results->add(true);
      } catch (const RuntimeError&) {
        results->add(lock->acquire(0));
      }
    }).join();
    return results->values() == times({{1, true}});
  };
  EXPECT_THROW(lock->release(), RuntimeError);
  lock->acquire();
  EXPECT_FALSE(others_own_it());
  lock->acquire();
  EXPECT_FALSE(others_own_it());
  lock->release();
  EXPECT_FALSE(others_own_it());
  EXPECT_TRUE(lock->acquire(0));
  lock->release();
  lock->release();
  EXPECT_THROW(lock->release(), RuntimeError);
}

// Free only when it was released as often as it was acquired, and then at once
// for who waits.
TYPED_TEST_P(RLockTests, FreeAfterTheLastRelease) {
  Subject<TypeParam> lock;
  constexpr int Depth = 5;
  for (int i = 0; i < Depth; ++i) lock->acquire();
  Hands<TypeParam> hand(1, [lock] { std::scoped_lock held(*lock); });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*lock, 1));
  for (int i = 1; i < Depth; ++i) lock->release();
  EXPECT_EQ(hand.finished(), 0);
  lock->release();
  EXPECT_TRUE(hand.wait_for_finished());
}

REGISTER_TYPED_TEST_SUITE_P(RLockTests, Reacquire, ReleaseUnacquired, DifferentThread, IsOwned,
                            FreeAfterTheLastRelease);

}  // namespace weft::test
