// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <mutex>
#include <stop_token>

#include "contracts/contract.hpp"
#include "weft/errors.hpp"

namespace weft::test {

/// CPython's BaseLockTests: for locks that may be taken twice and for those
/// that may not.
template <class Hole>
class BaseLockTests : public ::testing::Test {};
TYPED_TEST_SUITE_P(BaseLockTests);

TYPED_TEST_P(BaseLockTests, Constructor) { Subject<TypeParam> lock; }

TYPED_TEST_P(BaseLockTests, AcquireDestroy) {
  Subject<TypeParam> lock;
  EXPECT_TRUE(lock->acquire());
}

TYPED_TEST_P(BaseLockTests, AcquireRelease) {
  Subject<TypeParam> lock;
  EXPECT_TRUE(lock->acquire());
  lock->release();
}

TYPED_TEST_P(BaseLockTests, TryAcquire) {
  Subject<TypeParam> lock;
  EXPECT_TRUE(lock->acquire(0));
  lock->release();
}

TYPED_TEST_P(BaseLockTests, TryAcquireContended) {
  Subject<TypeParam> lock;
  SharedNotes<TypeParam> results;
  lock->acquire();
  {
    Hands<TypeParam> hand(1, [lock, results] { results->add(lock->acquire(0)); });
    ASSERT_TRUE(hand.wait_for_finished());
  }
  EXPECT_EQ(results->values(), times({{1, false}}));
  lock->release();
}

TYPED_TEST_P(BaseLockTests, AcquireContended) {
  Subject<TypeParam> lock;
  lock->acquire();
  constexpr int N = 5;
  Hands<TypeParam> hands(N, [lock] {
    lock->acquire();
    lock->release();
  });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*lock, N));
  EXPECT_EQ(hands.finished(), 0);
  lock->release();
  EXPECT_TRUE(hands.wait_for_finished());
}

TYPED_TEST_P(BaseLockTests, With) {
  using Lock = typename TypeParam::Type;
  Subject<TypeParam> lock;
  auto is_free = [lock] {
    SharedNotes<TypeParam> results;
    Hands<TypeParam> hand(1, [lock, results] {
      bool acquired = lock->acquire(0);
      if (acquired) lock->release();
      results->add(acquired);
    });
    hand.join();
    return results->values() == times({{1, true}});
  };
  {
    std::scoped_lock held(*lock);
    EXPECT_FALSE(is_free());
  }
  EXPECT_TRUE(is_free());
  try {
    std::unique_lock<Lock> held(*lock);
    throw 7;
  } catch (int) {
  }
  EXPECT_TRUE(is_free());
  {
    std::unique_lock<Lock> held(*lock, std::try_to_lock);
    EXPECT_TRUE(held.owns_lock());
    EXPECT_FALSE(is_free());
    held.unlock();
    EXPECT_TRUE(is_free());
  }
  EXPECT_TRUE(is_free());
}

// Threads that weft did not make are forgotten when they end.
TYPED_TEST_P(BaseLockTests, ThreadLeak) {
  if constexpr (TypeParam::Crew::is_one_process) {
    Subject<TypeParam> lock;
    std::scoped_lock met(*lock);  // we are known from now on
    std::size_t before = wait::everybody().size();
    Hands<TypeParam>(15, [lock] {
      if (lock->acquire(0)) lock->release();
    }).join();
    EXPECT_TRUE(wait_until([&] { return wait::everybody().size() == before; }));
  }
}

TYPED_TEST_P(BaseLockTests, Timeout) {
  Time<TypeParam> time;
  Subject<TypeParam> lock;
  EXPECT_TRUE(throws<ValueError>([&] { lock->acquire(-100); }, "timeout value must be a non-negative number"));
  EXPECT_TRUE(throws<ValueError>([&] { lock->acquire(-1e-9); }, "timeout value must be a non-negative number"));
  // There is no timeout that is too long: 292 years and more are for ever.
  EXPECT_TRUE(lock->acquire(9.2e9));
  lock->release();
  EXPECT_TRUE(lock->acquire(1e100));
  lock->release();

  double begin = time.now();
  EXPECT_TRUE(lock->acquire(5));
  EXPECT_LT(time.now() - begin, 5);

  SharedNotes<TypeParam> results;
  SharedSeconds<TypeParam> waited;
  Hands<TypeParam> hand(1, [lock, results, waited] {
    double start = Time<TypeParam>::now();
    results->add(lock->acquire(0.5));
    *waited = Time<TypeParam>::now() - start;
  });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*lock, 1));
  time.move(0.4);
  EXPECT_EQ(hand.finished(), 0);
  time.move(0.2);
  EXPECT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(results->values(), times({{1, false}}));
  EXPECT_GE(*waited, 0.499);
  lock->release();
  EXPECT_TRUE(lock->acquire(0));
  lock->release();
}

// A number that is negative is misuse also where the lock is free.
TYPED_TEST_P(BaseLockTests, NegativeTimeoutTakesNothing) {
  Subject<TypeParam> lock;
  EXPECT_THROW(lock->acquire(-1), ValueError);
  SharedNotes<TypeParam> results;
  Hands<TypeParam>(1, [lock, results] { results->add(lock->acquire(0)); }).join();
  EXPECT_EQ(results->values(), times({{1, true}}));
}

TYPED_TEST_P(BaseLockTests, StopRequestEndsTheWait) {
  if constexpr (TypeParam::Crew::is_one_process) {
    Subject<TypeParam> lock;
    SharedNotes<TypeParam> results;
    std::stop_source stop;
    lock->acquire();
    Hands<TypeParam> hands(2, [lock, results, token = stop.get_token()](int hand) {
      results->add(hand == 0 ? lock->acquire(token) : lock->acquire({3600, token}));
    });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*lock, 2));
    stop.request_stop();
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(results->values(), times({{2, false}}));
    EXPECT_EQ(waiters<TypeParam>(*lock), 0);
    lock->release();
    // A stop ends a wait; where there is nothing to wait for, it changes nothing.
    EXPECT_TRUE(lock->acquire(stop.get_token()));
    lock->release();
  }
}

TYPED_TEST_P(BaseLockTests, OneInsideAtATime) {
  Subject<TypeParam> lock;
  Shared<TypeParam, int> count(0);  // plain: the lock is all that guards it
  constexpr int N = 4, Rounds = 2000;
  {
    Hands<TypeParam> hands(N, [lock, count] {
      for (int i = 0; i < Rounds; ++i) {
        std::scoped_lock held(*lock);
        ++*count;
      }
    });
    ASSERT_TRUE(hands.wait_for_finished());
  }
  EXPECT_EQ(*count, N * Rounds);
}

// std::scoped_lock over two takes them with try_lock(), in whatever order.
TYPED_TEST_P(BaseLockTests, TwoTakenInBothOrders) {
  Subject<TypeParam> one, other;
  Shared<TypeParam, int> count(0);
  constexpr int N = 4, Rounds = 500;
  {
    Hands<TypeParam> hands(N, [one, other, count](int hand) {
      for (int i = 0; i < Rounds; ++i) {
        if (hand % 2 == 0) {
          std::scoped_lock held(*one, *other);
          ++*count;
        } else {
          std::scoped_lock held(*other, *one);
          ++*count;
        }
      }
    });
    ASSERT_TRUE(hands.wait_for_finished());
  }
  EXPECT_EQ(*count, N * Rounds);
}

REGISTER_TYPED_TEST_SUITE_P(BaseLockTests, Constructor, AcquireDestroy, AcquireRelease, TryAcquire, TryAcquireContended,
                            AcquireContended, With, ThreadLeak, Timeout, NegativeTimeoutTakesNothing,
                            StopRequestEndsTheWait, OneInsideAtATime, TwoTakenInBothOrders);

}  // namespace weft::test
