// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <climits>
#include <mutex>
#include <stop_token>

#include "contracts/contract.hpp"
#include "weft/errors.hpp"

namespace weft::test {

/// CPython's BaseSemaphoreTests: for those with a bound and those without.
template <class Hole>
class BaseSemaphoreTests : public ::testing::Test {};
TYPED_TEST_SUITE_P(BaseSemaphoreTests);

TYPED_TEST_P(BaseSemaphoreTests, Constructor) {
  using Semaphore = typename TypeParam::Type;
  EXPECT_TRUE(throws<ValueError>([] { Semaphore(-1); }, "semaphore initial value must be >= 0"));
  EXPECT_TRUE(throws<ValueError>([] { Semaphore(-INT_MAX); }, "semaphore initial value must be >= 0"));
}

TYPED_TEST_P(BaseSemaphoreTests, Acquire) {
  Subject<TypeParam> one(1);
  EXPECT_TRUE(one->acquire());
  one->release();
  Subject<TypeParam> two(2);
  EXPECT_TRUE(two->acquire());
  EXPECT_TRUE(two->acquire());
  two->release();
  two->release();
}

TYPED_TEST_P(BaseSemaphoreTests, AcquireDestroy) {
  Subject<TypeParam> semaphore;
  EXPECT_TRUE(semaphore->acquire());
}

TYPED_TEST_P(BaseSemaphoreTests, AcquireContended) {
  Subject<TypeParam> semaphore(7);
  SharedNotes<TypeParam> results;
  SharedNumber<TypeParam> phase;
  semaphore->acquire();
  Hands<TypeParam> hands(10, [semaphore, results, phase] {
    semaphore->acquire();
    results->add(*phase);
    semaphore->acquire();
    results->add(*phase);
  });
  auto all_arrived = [&](int passed, int waiting) {
    return wait_until([&] { return results->size() == passed && waiters<TypeParam>(*semaphore) == waiting; });
  };
  // Whoever got two permits is done.
  EXPECT_TRUE(wait_until([&] { return results->size() == 6; }));
  EXPECT_TRUE(wait_until([&] { return waiters<TypeParam>(*semaphore) + hands.finished() == 10; }));
  EXPECT_EQ(results->sorted(), times({{6, 0}}));
  *phase = 1;
  for (int i = 0; i < 7; ++i) semaphore->release();
  EXPECT_TRUE(wait_until([&] { return results->size() == 13; }));
  EXPECT_TRUE(wait_until([&] { return waiters<TypeParam>(*semaphore) + hands.finished() == 10; }));
  EXPECT_EQ(results->sorted(), times({{6, 0}, {7, 1}}));
  *phase = 2;
  for (int i = 0; i < 6; ++i) semaphore->release();
  EXPECT_TRUE(all_arrived(19, 1));
  EXPECT_EQ(results->sorted(), times({{6, 0}, {7, 1}, {6, 2}}));
  EXPECT_FALSE(semaphore->acquire(0));
  semaphore->release();
  EXPECT_TRUE(hands.wait_for_finished());
}

TYPED_TEST_P(BaseSemaphoreTests, TryAcquire) {
  Subject<TypeParam> semaphore(2);
  EXPECT_TRUE(semaphore->acquire(0));
  EXPECT_TRUE(semaphore->acquire(0));
  EXPECT_FALSE(semaphore->acquire(0));
  semaphore->release();
  EXPECT_TRUE(semaphore->acquire(0));
}

TYPED_TEST_P(BaseSemaphoreTests, TryAcquireContended) {
  Subject<TypeParam> semaphore(4);
  SharedNotes<TypeParam> results;
  semaphore->acquire();
  Hands<TypeParam>(5, [semaphore, results] {
    results->add(semaphore->acquire(0));
    results->add(semaphore->acquire(0));
  }).join();
  EXPECT_EQ(results->sorted(), times({{7, false}, {3, true}}));
}

TYPED_TEST_P(BaseSemaphoreTests, AcquireTimeout) {
  Time<TypeParam> time;
  Subject<TypeParam> semaphore(2);
  EXPECT_TRUE(semaphore->acquire(0.005));
  EXPECT_TRUE(semaphore->acquire(0.005));
  SharedNotes<TypeParam> results;
  SharedSeconds<TypeParam> waited;
  Hands<TypeParam> hand(1, [semaphore, results, waited] {
    results->add(semaphore->acquire(0.005));
    results->add(semaphore->acquire(3600));
    double start = Time<TypeParam>::now();
    results->add(semaphore->acquire(0.5));
    *waited = Time<TypeParam>::now() - start;
  });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*semaphore, 1));
  time.move(0.006);
  EXPECT_TRUE(wait_until([&] { return results->size() == 1 && waiters<TypeParam>(*semaphore) == 1; }));
  semaphore->release();
  EXPECT_TRUE(wait_until([&] { return results->size() == 2 && waiters<TypeParam>(*semaphore) == 1; }));
  time.move(0.6);
  EXPECT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(results->values(), (std::vector<int>{false, true, false}));
  EXPECT_GE(*waited, 0.499);
}

TYPED_TEST_P(BaseSemaphoreTests, DefaultValue) {
  Subject<TypeParam> semaphore;
  EXPECT_TRUE(semaphore->acquire());
  Hands<TypeParam> hand(1, [semaphore] {
    semaphore->acquire();
    semaphore->release();
  });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*semaphore, 1));
  EXPECT_EQ(hand.finished(), 0);
  semaphore->release();
  EXPECT_TRUE(hand.wait_for_finished());
}

TYPED_TEST_P(BaseSemaphoreTests, With) {
  Subject<TypeParam> semaphore(2);
  auto with = [&](bool fail) {
    std::scoped_lock outer(*semaphore);
    EXPECT_TRUE(semaphore->acquire(0));
    semaphore->release();
    std::unique_lock inner(*semaphore);
    EXPECT_FALSE(semaphore->acquire(0));
    if (fail) throw 7;
  };
  with(false);
  EXPECT_TRUE(semaphore->acquire(0));
  semaphore->release();
  EXPECT_THROW(with(true), int);
  EXPECT_TRUE(semaphore->acquire(0));
  semaphore->release();
  std::unique_lock held(*semaphore, std::try_to_lock);
  EXPECT_TRUE(held.owns_lock());
}

// release(n) gives n permits and lets n go who wait.
TYPED_TEST_P(BaseSemaphoreTests, ReleaseMany) {
  Subject<TypeParam> semaphore(4);
  for (int i = 0; i < 4; ++i) semaphore->acquire();
  Hands<TypeParam> hands(4, [semaphore] { semaphore->acquire(); });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*semaphore, 4));
  semaphore->release(3);
  EXPECT_TRUE(wait_until([&] { return hands.finished() == 3; }));
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*semaphore, 1));
  semaphore->release();
  EXPECT_TRUE(hands.wait_for_finished());
  EXPECT_FALSE(semaphore->acquire(0));
}

TYPED_TEST_P(BaseSemaphoreTests, ReleaseLessThanOne) {
  Subject<TypeParam> semaphore(0);
  EXPECT_TRUE(throws<ValueError>([&] { semaphore->release(0); }, "n must be one or more"));
  EXPECT_TRUE(throws<ValueError>([&] { semaphore->release(-3); }, "n must be one or more"));
  EXPECT_FALSE(semaphore->acquire(0));
}

// A negative timeout waits no longer than 0 does, as in Python.
TYPED_TEST_P(BaseSemaphoreTests, NegativeTimeout) {
  Subject<TypeParam> semaphore(1);
  EXPECT_TRUE(semaphore->acquire(-1));
  EXPECT_FALSE(semaphore->acquire(-1));
}

TYPED_TEST_P(BaseSemaphoreTests, StopRequestEndsTheWait) {
  if constexpr (TypeParam::Crew::is_one_process) {
    Subject<TypeParam> semaphore(0);
    SharedNotes<TypeParam> results;
    std::stop_source stop;
    Hands<TypeParam> hands(2, [semaphore, results, token = stop.get_token()](int hand) {
      results->add(hand == 0 ? semaphore->acquire(token) : semaphore->acquire({3600, token}));
    });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*semaphore, 2));
    stop.request_stop();
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(results->values(), times({{2, false}}));
  }
}

// Never more inside than there are permits, and none is lost.
TYPED_TEST_P(BaseSemaphoreTests, NoMoreThanItsPermits) {
  constexpr int Permits = 2, N = 5, Rounds = 500;
  Subject<TypeParam> semaphore(Permits);
  SharedNumber<TypeParam> inside, most;
  {
    Hands<TypeParam> hands(N, [semaphore, inside, most] {
      for (int i = 0; i < Rounds; ++i) {
        std::scoped_lock held(*semaphore);
        int now = inside->fetch_add(1) + 1;
        for (int found = *most; now > found && !most->compare_exchange_weak(found, now);) {
        }
        inside->fetch_sub(1);
      }
    });
    ASSERT_TRUE(hands.wait_for_finished());
  }
  EXPECT_LE(*most, Permits);
  for (int i = 0; i < Permits; ++i) EXPECT_TRUE(semaphore->acquire(0));
  EXPECT_FALSE(semaphore->acquire(0));
}

REGISTER_TYPED_TEST_SUITE_P(BaseSemaphoreTests, Constructor, Acquire, AcquireDestroy, AcquireContended, TryAcquire,
                            TryAcquireContended, AcquireTimeout, DefaultValue, With, ReleaseMany, ReleaseLessThanOne,
                            NegativeTimeout, StopRequestEndsTheWait, NoMoreThanItsPermits);

/// CPython's SemaphoreTests: for those without a bound.
template <class Hole>
class SemaphoreTests : public ::testing::Test {};
TYPED_TEST_SUITE_P(SemaphoreTests);

TYPED_TEST_P(SemaphoreTests, ReleaseUnacquired) {
  Subject<TypeParam> semaphore(1);
  semaphore->release();
  EXPECT_TRUE(semaphore->acquire(0));
  EXPECT_TRUE(semaphore->acquire(0));
  semaphore->release();
}

REGISTER_TYPED_TEST_SUITE_P(SemaphoreTests, ReleaseUnacquired);

}  // namespace weft::test
