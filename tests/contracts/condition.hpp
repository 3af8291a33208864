// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <mutex>
#include <stop_token>

#include "contracts/contract.hpp"
#include "weft/errors.hpp"

namespace weft::test {

/// The holes of the condition's contract: a condition stands on locks.
template <class T, class L, class R, class C>
struct ConditionHole : Hole<T, C> {
  using Lock = L;
  using RLock = R;
};

/// CPython's ConditionTests.
template <class Hole>
class ConditionTests : public ::testing::Test {
 protected:
  static void check_notify(const Subject<Hole>& condition) {
    constexpr int N = 5;
    SharedNotes<Hole> first, second;
    SharedNumber<Hole> phase;
    Hands<Hole> hands(N, [condition, first, second, phase] {
      for (const SharedNotes<Hole>& notes : {first, second}) {
        condition->acquire();
        bool notified = condition->wait();
        condition->release();
        notes->add(notified ? phase->load() : -1);
      }
    });
    auto notify = [&](int n, int next_phase) {
      std::scoped_lock held(*condition);
      n == 0 ? condition->notify_all() : condition->notify(n);
      *phase = next_phase;
    };
    EXPECT_TRUE(wait_for_waiters<Hole>(*condition, N));
    EXPECT_EQ(first->size(), 0);
    notify(3, 1);
    EXPECT_TRUE(wait_until([&] { return first->size() == 3; }));
    EXPECT_EQ(first->values(), times({{3, 1}}));
    EXPECT_EQ(second->size(), 0);
    EXPECT_TRUE(wait_for_waiters<Hole>(*condition, N));  // two in their first wait, three in their second
    notify(5, 2);
    EXPECT_TRUE(wait_until([&] { return first->size() + second->size() == 8; }));
    EXPECT_EQ(first->values(), times({{3, 1}, {2, 2}}));
    EXPECT_EQ(second->values(), times({{3, 2}}));
    EXPECT_TRUE(wait_for_waiters<Hole>(*condition, 2));
    notify(0, 3);
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(first->values(), times({{3, 1}, {2, 2}}));
    EXPECT_EQ(second->values(), times({{3, 2}, {2, 3}}));
  }
};
TYPED_TEST_SUITE_P(ConditionTests);

// With a lock of its own it may be acquired again; with a given Lock it is that Lock.
TYPED_TEST_P(ConditionTests, Acquire) {
  {
    Subject<TypeParam> condition;
    condition->acquire();
    condition->acquire();
    condition->release();
    condition->release();
  }
  Shared<TypeParam, typename TypeParam::Lock> lock;
  Subject<TypeParam> condition(*lock);
  condition->acquire();
  EXPECT_FALSE(lock->acquire(0));
  condition->release();
  EXPECT_TRUE(lock->acquire(0));
  EXPECT_FALSE(condition->acquire(0));
  lock->release();
  {
    std::scoped_lock held(*condition);
    EXPECT_FALSE(lock->acquire(0));
  }
  std::unique_lock held(*condition, std::try_to_lock);
  EXPECT_TRUE(held.owns_lock());
  EXPECT_TRUE(lock->locked());
}

TYPED_TEST_P(ConditionTests, UnacquiredWait) {
  Subject<TypeParam> condition;
  EXPECT_TRUE(throws<RuntimeError>([&] { condition->wait(); }, "cannot wait on un-acquired lock"));
  EXPECT_TRUE(throws<RuntimeError>([&] { condition->wait(0); }, "cannot wait on un-acquired lock"));
  Shared<TypeParam, typename TypeParam::Lock> lock;
  Subject<TypeParam> on_lock(*lock);
  EXPECT_TRUE(throws<RuntimeError>([&] { on_lock->wait(); }, "cannot wait on un-acquired lock"));
}

TYPED_TEST_P(ConditionTests, UnacquiredNotify) {
  Subject<TypeParam> condition;
  EXPECT_TRUE(throws<RuntimeError>([&] { condition->notify(); }, "cannot notify on un-acquired lock"));
  EXPECT_TRUE(throws<RuntimeError>([&] { condition->notify_all(); }, "cannot notify on un-acquired lock"));
}

// RLockTests.test_release_save_unacquired: what somebody else holds, one cannot wait with.
TYPED_TEST_P(ConditionTests, WaitWithTheLockOfAnother) {
  Subject<TypeParam> condition;
  SharedNotes<TypeParam> results;
  condition->acquire();
  condition->acquire();
  Hands<TypeParam>(1, [condition, results] {
    try {
      condition->wait(0);
    } catch (const RuntimeError&) {
      results->add(1);
    }
  }).join();
  EXPECT_EQ(results->values(), times({{1, 1}}));
  condition->release();
  condition->release();
  EXPECT_THROW(condition->release(), RuntimeError);
}

TYPED_TEST_P(ConditionTests, Notify) {
  Subject<TypeParam> condition;
  this->check_notify(condition);
  this->check_notify(condition);
}

TYPED_TEST_P(ConditionTests, NotifyOnLock) {
  Shared<TypeParam, typename TypeParam::Lock> lock;
  this->check_notify(Subject<TypeParam>(*lock));
}

TYPED_TEST_P(ConditionTests, NotifyOnRLock) {
  Shared<TypeParam, typename TypeParam::RLock> lock;
  this->check_notify(Subject<TypeParam>(*lock));
}

TYPED_TEST_P(ConditionTests, Timeout) {
  Time<TypeParam> time;
  Subject<TypeParam> condition;
  constexpr int N = 5;
  SharedNotes<TypeParam> results;
  SharedNumber<TypeParam> early;
  Hands<TypeParam> hands(N, [condition, results, early] {
    std::scoped_lock held(*condition);
    double start = Time<TypeParam>::now();
    results->add(condition->wait(0.5));
    if (Time<TypeParam>::now() - start < 0.499) ++*early;
  });
  EXPECT_TRUE(!time.stands_still || wait_for_waiters<TypeParam>(*condition, N));
  time.move(0.4);
  EXPECT_TRUE(!time.stands_still || hands.finished() == 0);
  time.move(0.2);
  EXPECT_TRUE(hands.wait_for_finished());
  EXPECT_EQ(results->values(), times({{N, false}}));
  EXPECT_EQ(*early, 0);
  // Who gave up is not notified later.
  std::scoped_lock held(*condition);
  condition->notify_all();
  EXPECT_FALSE(condition->wait(0));
}

TYPED_TEST_P(ConditionTests, Waitfor) {
  Subject<TypeParam> condition;
  Shared<TypeParam, int> state(0);
  SharedNotes<TypeParam> results;
  Hands<TypeParam> hand(1, [condition, state, results] {
    std::scoped_lock held(*condition);
    results->add(condition->wait_for([state] { return *state == 4; }));
    results->add(*state);
  });
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*condition, 1));
    std::scoped_lock held(*condition);
    ++*state;
    condition->notify();
  }
  EXPECT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(results->values(), (std::vector<int>{true, 4}));
}

// The time that wait_for() has is one for all its waits.
TYPED_TEST_P(ConditionTests, WaitforTimeout) {
  Time<TypeParam> time;
  Subject<TypeParam> condition;
  Shared<TypeParam, int> state(0);
  SharedNotes<TypeParam> results;
  Hands<TypeParam> hand(1, [condition, state, results] {
    std::scoped_lock held(*condition);
    double start = Time<TypeParam>::now();
    results->add(condition->wait_for([state] { return *state == 4; }, 0.1));
    results->add(Time<TypeParam>::now() - start >= 0.0999);
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(!time.stands_still || wait_for_waiters<TypeParam>(*condition, 1));
    time.move(0.03);
    std::scoped_lock held(*condition);
    ++*state;
    condition->notify();
  }
  EXPECT_TRUE(!time.stands_still || wait_for_waiters<TypeParam>(*condition, 1));
  time.move(0.02);
  EXPECT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(results->values(), (std::vector<int>{false, true}));
}

// wait_for() returns what the predicate returned last, whatever its type.
TYPED_TEST_P(ConditionTests, WaitforReturnsWhatThePredicateDid) {
  Subject<TypeParam> condition;
  std::scoped_lock held(*condition);
  static int seven = 7;
  int* found = condition->wait_for([] { return &seven; });
  EXPECT_EQ(found, &seven);
  int* nothing = condition->wait_for([]() -> int* { return nullptr; }, 0);
  EXPECT_EQ(nothing, nullptr);
}

// wait() lets go of an RLock at any depth, and has it again at that depth.
TYPED_TEST_P(ConditionTests, WaitGivesBackEveryLevel) {
  Subject<TypeParam> condition;
  SharedNotes<TypeParam> results;
  Hands<TypeParam> hand(1, [condition, results] {
    constexpr int Depth = 3;
    for (int i = 0; i < Depth; ++i) condition->acquire();
    results->add(condition->wait());
    for (int i = 0; i < Depth; ++i) condition->release();
    try {
      condition->release();
    } catch (const RuntimeError&) {
      results->add(Depth);
    }
  });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*condition, 1));
  {
    std::scoped_lock held(*condition);
    condition->notify();
  }
  EXPECT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(results->values(), (std::vector<int>{true, 3}));
  EXPECT_TRUE(condition->acquire(0));
  condition->release();
}

// notify() wakes who waited longest, and nobody else.
TYPED_TEST_P(ConditionTests, LongestFirst) {
  Subject<TypeParam> condition;
  constexpr int N = 4;
  SharedNotes<TypeParam> order;
  std::vector<std::unique_ptr<Hands<TypeParam>>> hands;
  for (int i = 0; i < N; ++i) {
    hands.push_back(std::make_unique<Hands<TypeParam>>(1, [condition, order, i] {
      std::scoped_lock held(*condition);
      condition->wait();
      order->add(i);
    }));
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*condition, i + 1));
  }
  for (int i = 0; i < N; ++i) {
    {
      std::scoped_lock held(*condition);
      condition->notify();
    }
    EXPECT_TRUE(wait_until([&] { return order->size() == i + 1; }));
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*condition, N - i - 1));
  }
  EXPECT_EQ(order->values(), (std::vector<int>{0, 1, 2, 3}));
}

// A notify() with nobody there is not remembered.
TYPED_TEST_P(ConditionTests, NotifyIsNotRemembered) {
  Subject<TypeParam> condition;
  std::scoped_lock held(*condition);
  condition->notify();
  condition->notify(0);
  EXPECT_FALSE(condition->wait(0));
  EXPECT_FALSE(condition->wait(-1));
}

TYPED_TEST_P(ConditionTests, StopRequestEndsTheWait) {
  if constexpr (TypeParam::Crew::is_one_process) {
    Subject<TypeParam> condition;
    SharedNotes<TypeParam> results;
    std::stop_source stop;
    Hands<TypeParam> hands(3, [condition, results, token = stop.get_token()](int hand) {
      std::scoped_lock held(*condition);
      if (hand == 0) results->add(condition->wait(token));
      if (hand == 1) results->add(condition->wait({3600, token}));
      if (hand == 2) results->add(condition->wait_for([] { return false; }, token));
    });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*condition, 3));
    stop.request_stop();
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(results->values(), times({{3, false}}));
    EXPECT_TRUE(condition->acquire(0));
    condition->release();
  }
}

// No item is lost between two who hand it to and fro.
TYPED_TEST_P(ConditionTests, ToAndFro) {
  Subject<TypeParam> condition;
  Shared<TypeParam, int> turn(0);
  constexpr int Rounds = 1000;
  Hands<TypeParam> hands(2, [condition, turn](int hand) {
    for (int i = 0; i < Rounds; ++i) {
      std::scoped_lock held(*condition);
      condition->wait_for([turn, hand] { return *turn % 2 == hand; });
      ++*turn;
      condition->notify();
    }
  });
  EXPECT_TRUE(hands.wait_for_finished());
  EXPECT_EQ(*turn, 2 * Rounds);
}

REGISTER_TYPED_TEST_SUITE_P(ConditionTests, Acquire, UnacquiredWait, UnacquiredNotify, WaitWithTheLockOfAnother, Notify,
                            NotifyOnLock, NotifyOnRLock, Timeout, Waitfor, WaitforTimeout,
                            WaitforReturnsWhatThePredicateDid, WaitGivesBackEveryLevel, LongestFirst,
                            NotifyIsNotRemembered, StopRequestEndsTheWait, ToAndFro);

}  // namespace weft::test
