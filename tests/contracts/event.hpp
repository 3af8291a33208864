// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <stop_token>

#include "contracts/contract.hpp"

namespace weft::test {

/// CPython's EventTests.
template <class Hole>
class EventTests : public ::testing::Test {
 protected:
  static void check_notify(const Subject<Hole>& event) {
    constexpr int N = 5;
    SharedNotes<Hole> first, second;
    Hands<Hole> hands(N, [event, first, second] {
      first->add(event->wait());
      second->add(event->wait());
    });
    EXPECT_TRUE(wait_for_waiters<Hole>(*event, N));
    EXPECT_EQ(first->size(), 0);
    event->set();
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(first->values(), times({{N, true}}));
    EXPECT_EQ(second->values(), times({{N, true}}));
  }
};
TYPED_TEST_SUITE_P(EventTests);

TYPED_TEST_P(EventTests, IsSet) {
  Subject<TypeParam> event;
  EXPECT_FALSE(event->is_set());
  event->set();
  EXPECT_TRUE(event->is_set());
  event->set();
  EXPECT_TRUE(event->is_set());
  event->clear();
  EXPECT_FALSE(event->is_set());
  event->clear();
  EXPECT_FALSE(event->is_set());
}

TYPED_TEST_P(EventTests, Notify) {
  Subject<TypeParam> event;
  this->check_notify(event);
  event->set();
  event->clear();
  this->check_notify(event);
}

TYPED_TEST_P(EventTests, Timeout) {
  Time<TypeParam> time;
  Subject<TypeParam> event;
  constexpr int N = 5;
  auto wait_twice = [event](const SharedNotes<TypeParam>& first, const SharedNotes<TypeParam>& second,
                            const SharedSeconds<TypeParam>& shortest) {
    return [=] {
      first->add(event->wait(0.0));
      double start = Time<TypeParam>::now();
      second->add(event->wait(0.5));
      double waited = Time<TypeParam>::now() - start;
      for (double found = *shortest; waited < found && !shortest->compare_exchange_weak(found, waited);) {
      }
    };
  };
  {
    SharedNotes<TypeParam> first, second;
    SharedSeconds<TypeParam> shortest(1e9);
    Hands<TypeParam> hands(N, wait_twice(first, second, shortest));
    EXPECT_TRUE(!time.stands_still || wait_for_waiters<TypeParam>(*event, N));
    time.move(0.6);
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(first->values(), times({{N, false}}));
    EXPECT_EQ(second->values(), times({{N, false}}));
    EXPECT_GE(*shortest, 0.499);
  }
  event->set();
  SharedNotes<TypeParam> first, second;
  SharedSeconds<TypeParam> shortest(1e9);
  Hands<TypeParam> hands(N, wait_twice(first, second, shortest));
  EXPECT_TRUE(hands.wait_for_finished());
  EXPECT_EQ(first->values(), times({{N, true}}));
  EXPECT_EQ(second->values(), times({{N, true}}));
}

// wait() is true even if the event is cleared before those who wait have looked.
TYPED_TEST_P(EventTests, SetAndClear) {
  Subject<TypeParam> event;
  constexpr int N = 5;
  SharedNotes<TypeParam> results;
  Hands<TypeParam> hands(N, [event, results] { results->add(event->wait(3600)); });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*event, N));
  event->set();
  event->clear();
  EXPECT_TRUE(hands.wait_for_finished());
  EXPECT_EQ(results->values(), times({{N, true}}));
  EXPECT_FALSE(event->is_set());
}

// A negative timeout waits no longer than 0 does, as in Python.
TYPED_TEST_P(EventTests, NegativeTimeout) {
  Subject<TypeParam> event;
  EXPECT_FALSE(event->wait(-1));
  event->set();
  EXPECT_TRUE(event->wait(-1));
}

TYPED_TEST_P(EventTests, StopRequestEndsTheWait) {
  if constexpr (TypeParam::Crew::is_one_process) {
    Subject<TypeParam> event;
    SharedNotes<TypeParam> results;
    std::stop_source stop;
    Hands<TypeParam> hands(2, [event, results, token = stop.get_token()](int hand) {
      results->add(hand == 0 ? event->wait(token) : event->wait({3600, token}));
    });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*event, 2));
    stop.request_stop();
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(results->values(), times({{2, false}}));
    event->set();
    EXPECT_TRUE(event->wait(stop.get_token()));
  }
}

// What was written before set() is seen by whoever wait() lets go: also by a
// set() that finds the event set already.
TYPED_TEST_P(EventTests, ShowsWhatWasBeforeSet) {
  constexpr int Rounds = 300;
  for (int i = 0; i < Rounds; ++i) {
    Subject<TypeParam> event;
    Shared<TypeParam, int> message(0);  // plain: the event is all that guards it
    SharedNotes<TypeParam> results;
    Hands<TypeParam> hand(1, [event, message, results] {
      if (event->wait(3600)) results->add(*message);
    });
    *message = 5;
    event->set();
    hand.join();
    ASSERT_EQ(results->values(), times({{1, 5}}));
  }
}

REGISTER_TYPED_TEST_SUITE_P(EventTests, IsSet, Notify, Timeout, SetAndClear, NegativeTimeout, StopRequestEndsTheWait,
                            ShowsWhatWasBeforeSet);

}  // namespace weft::test
