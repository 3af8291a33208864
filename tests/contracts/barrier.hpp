// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <stop_token>

#include "contracts/contract.hpp"
#include "weft/threading/barrier.hpp"

namespace weft::test {

/// CPython's BarrierTests. All barriers throw the same BrokenBarrierError.
template <class Hole>
class BarrierTests : public ::testing::Test {
 protected:
  using Type = typename Hole::Type;

  // Shared hands on its arguments, which designated initialisers are not.
  struct Barrier : Type {
    explicit Barrier(int parties) : Type(parties) {}
    Barrier(int parties, weft::Timeout timeout) : Type(parties, {.timeout = timeout}) {}
    template <class Action>
    requires std::is_invocable_v<Action> Barrier(int parties, Action action)
        : Type(parties, {.action = std::move(action)}) {}
  };
  using SharedBarrier = Shared<Hole, Barrier>;

  static constexpr int N = 5;
  static constexpr double Late = 2.0;  // the timeout that barrier has

  // Runs f in N parties, of which the test is one.
  template <class F>
  void run(F f) {
    Hands<Hole> hands(N - 1, f);
    f();
    EXPECT_TRUE(hands.wait_for_finished());
  }

  static bool breaks(const SharedBarrier& barrier, weft::Timeout timeout) {
    try {
      barrier->wait(timeout);
      return false;
    } catch (const threading::BrokenBarrierError&) {
      return true;
    }
  }
  static bool breaks(const SharedBarrier& barrier) {
    try {
      barrier->wait();
      return false;
    } catch (const threading::BrokenBarrierError&) {
      return true;
    }
  }

  void check_passes(int passes) {
    SharedBarrier barrier(N, Late);
    SharedNumber<Hole> before, after, wrong;
    run([=] {
      for (int i = 0; i < passes; ++i) {
        ++*before;
        if (*after != i * N) ++*wrong;
        barrier->wait();
        ++*after;
        if (*before != (i + 1) * N) ++*wrong;
        barrier->wait();
      }
    });
    EXPECT_EQ(*wrong, 0);
    EXPECT_EQ(*before, passes * N);
    EXPECT_EQ(*after, passes * N);
    EXPECT_EQ(barrier->parties(), N);
    EXPECT_EQ(barrier->n_waiting(), 0);
    EXPECT_FALSE(barrier->broken());
  }
};
TYPED_TEST_SUITE_P(BarrierTests);

TYPED_TEST_P(BarrierTests, Constructor) {
  using NoParties = typename TypeParam::Type;
  EXPECT_TRUE(throws<ValueError>([] { NoParties(0); }, "parties must be >= 1"));
  EXPECT_TRUE(throws<ValueError>([] { NoParties(-1); }, "parties must be >= 1"));
}

TYPED_TEST_P(BarrierTests, Barrier) { this->check_passes(1); }
TYPED_TEST_P(BarrierTests, Barrier10) { this->check_passes(10); }

// More phases than the barrier remembers the ends of.
TYPED_TEST_P(BarrierTests, Barrier1000) { this->check_passes(1000); }

TYPED_TEST_P(BarrierTests, WaitReturn) {
  typename TestFixture::SharedBarrier barrier(this->N, this->Late);
  SharedNotes<TypeParam> results;
  this->run([=] { results->add(barrier->wait()); });
  EXPECT_EQ(results->sorted(), (std::vector<int>{0, 1, 2, 3, 4}));
}

TYPED_TEST_P(BarrierTests, Action) {
  SharedNumber<TypeParam> runs, wrong;
  typename TestFixture::SharedBarrier barrier(this->N, [runs] { ++*runs; });
  this->run([=] {
    barrier->wait();
    if (*runs != 1) ++*wrong;
  });
  EXPECT_EQ(*wrong, 0);
  this->run([=] { barrier->wait(); });
  EXPECT_EQ(*runs, 2);
}

// What the action throws, one party gets; the others get a broken barrier.
TYPED_TEST_P(BarrierTests, ActionThrows) {
  SharedNumber<TypeParam> thrown, broken;
  typename TestFixture::SharedBarrier barrier(this->N, [] { throw std::runtime_error("no action"); });
  this->run([=] {
    try {
      barrier->wait();
    } catch (const threading::BrokenBarrierError&) {
      ++*broken;
    } catch (const std::runtime_error& error) {
      if (error.what() == std::string("no action")) ++*thrown;
    }
  });
  EXPECT_EQ(*thrown, 1);
  EXPECT_EQ(*broken, this->N - 1);
  EXPECT_TRUE(barrier->broken());
}

TYPED_TEST_P(BarrierTests, Abort) {
  typename TestFixture::SharedBarrier barrier(this->N, this->Late);
  SharedNumber<TypeParam> passed, broken;
  this->run([=] {
    int i = barrier->wait();
    if (i == TestFixture::N / 2) {
      barrier->abort();
      return;
    }
    ++(TestFixture::breaks(barrier) ? *broken : *passed);
  });
  EXPECT_EQ(*passed, 0);
  EXPECT_EQ(*broken, this->N - 1);
  EXPECT_TRUE(barrier->broken());
  EXPECT_TRUE(throws<threading::BrokenBarrierError>([&] { barrier->wait(); }, "the barrier is broken"));
}

TYPED_TEST_P(BarrierTests, Reset) {
  typename TestFixture::SharedBarrier barrier(this->N, weft::Timeout());
  SharedNumber<TypeParam> passed, broken, again;
  this->run([=] {
    int i = barrier->wait();
    if (i == TestFixture::N / 2) {
      static_cast<void>(wait_until([&] { return barrier->n_waiting() == TestFixture::N - 1; }));
      barrier->reset();
    } else {
      ++(TestFixture::breaks(barrier) ? *broken : *passed);
    }
    barrier->wait();
    ++*again;
  });
  EXPECT_EQ(*passed, 0);
  EXPECT_EQ(*broken, this->N - 1);
  EXPECT_EQ(*again, this->N);
  EXPECT_FALSE(barrier->broken());
}

TYPED_TEST_P(BarrierTests, AbortAndReset) {
  typename TestFixture::SharedBarrier barrier(this->N, this->Late), other(this->N);
  SharedNumber<TypeParam> passed, broken, again;
  this->run([=] {
    int i = barrier->wait();
    if (i == TestFixture::N / 2) {
      barrier->abort();
    } else {
      ++(TestFixture::breaks(barrier) ? *broken : *passed);
    }
    // Not before all have left it, and nobody comes before it is reset.
    if (other->wait() == TestFixture::N / 2) barrier->reset();
    other->wait();
    barrier->wait();
    ++*again;
  });
  EXPECT_EQ(*passed, 0);
  EXPECT_EQ(*broken, this->N - 1);
  EXPECT_EQ(*again, this->N);
}

// One who is late breaks the barrier for all.
TYPED_TEST_P(BarrierTests, Timeout) {
  Time<TypeParam> time;
  typename TestFixture::SharedBarrier barrier(this->N, this->Late);
  SharedNumber<TypeParam> broken;
  this->run([=] {
    if (barrier->wait() == TestFixture::N / 2) {
      static_cast<void>(wait_until([&] { return barrier->n_waiting() == TestFixture::N - 1 || barrier->broken(); }));
      Time<TypeParam>::move(0.6);
      static_cast<void>(wait_until([&] { return barrier->broken(); }));
    }
    if (TestFixture::breaks(barrier, 0.5)) ++*broken;
  });
  EXPECT_EQ(*broken, this->N);
}

TYPED_TEST_P(BarrierTests, DefaultTimeout) {
  Time<TypeParam> time;
  typename TestFixture::SharedBarrier barrier(this->N, 0.3);
  SharedNumber<TypeParam> broken;
  this->run([=] {
    if (barrier->wait() == TestFixture::N / 2) {
      static_cast<void>(wait_until([&] { return barrier->n_waiting() == TestFixture::N - 1 || barrier->broken(); }));
      Time<TypeParam>::move(0.4);
      static_cast<void>(wait_until([&] { return barrier->broken(); }));
    }
    if (TestFixture::breaks(barrier)) ++*broken;
  });
  EXPECT_EQ(*broken, this->N);
}

// A wait with a timeout of its own does not look at the barrier's.
TYPED_TEST_P(BarrierTests, OwnTimeoutGoesFirst) {
  if constexpr (Time<TypeParam>::stands_still) {
    Time<TypeParam> time;
    typename TestFixture::SharedBarrier barrier(2, 0.3);
    SharedNumber<TypeParam> broken;
    Hands<TypeParam> hand(1, [=] { *broken = TestFixture::breaks(barrier, 5); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*barrier, 1));
    time.move(4.9);
    barrier->wait();
    EXPECT_TRUE(hand.wait_for_finished());
    EXPECT_EQ(*broken, false);
  }
}

// Not to wait at all is to break it, unless one is the last to come.
TYPED_TEST_P(BarrierTests, ZeroAndNegativeTimeouts) {
  for (double timeout : {0.0, -1.0}) {
    typename TestFixture::SharedBarrier barrier(2);
    EXPECT_TRUE(TestFixture::breaks(barrier, timeout));
    EXPECT_TRUE(barrier->broken());
    barrier->reset();
    Hands<TypeParam> hand(1, [=] { barrier->wait(); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*barrier, 1));
    EXPECT_FALSE(TestFixture::breaks(barrier, timeout));
  }
}

TYPED_TEST_P(BarrierTests, SingleThread) {
  typename TestFixture::SharedBarrier barrier(1);
  EXPECT_EQ(barrier->wait(), 0);
  EXPECT_EQ(barrier->wait(), 0);
}

TYPED_TEST_P(BarrierTests, StopRequestBreaksIt) {
  if constexpr (TypeParam::Crew::is_one_process) {
    typename TestFixture::SharedBarrier barrier(3);
    SharedNumber<TypeParam> broken;
    std::stop_source stop;
    Hands<TypeParam> hands(2, [=, token = stop.get_token()](int hand) {
      if (hand == 0 ? TestFixture::breaks(barrier, token) : TestFixture::breaks(barrier)) ++*broken;
    });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*barrier, 2));
    EXPECT_EQ(barrier->n_waiting(), 2);
    stop.request_stop();
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(*broken, 2);
    EXPECT_EQ(barrier->n_waiting(), 0);
  }
}

// A party whose time runs out while the action is running has arrived: it waits
// for the action, and the barrier stays whole.
TYPED_TEST_P(BarrierTests, TimeoutDuringActionDoesNotBreakIt) {
  if constexpr (Time<TypeParam>::stands_still) {
    Time<TypeParam> time;
    SharedNumber<TypeParam> acting, may_end, broken;
    typename TestFixture::SharedBarrier barrier(2, [=] {
      *acting = 1;
      static_cast<void>(wait_until([&] { return *may_end == 1; }));
    });
    Hands<TypeParam> first(1, [=] { *broken = TestFixture::breaks(barrier, 0.5); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*barrier, 1));
    Hands<TypeParam> second(1, [=] { barrier->wait(); });
    EXPECT_TRUE(wait_until([&] { return *acting == 1; }));
    time.move(0.6);
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*barrier, 1));
    EXPECT_EQ(first.finished(), 0);
    *may_end = 1;
    EXPECT_TRUE(first.wait_for_finished());
    EXPECT_EQ(*broken, false);
    EXPECT_FALSE(barrier->broken());
  }
}

REGISTER_TYPED_TEST_SUITE_P(BarrierTests, Constructor, Barrier, Barrier10, Barrier1000, WaitReturn, Action,
                            ActionThrows, Abort, Reset, AbortAndReset, Timeout, DefaultTimeout, OwnTimeoutGoesFirst,
                            ZeroAndNegativeTimeouts, SingleThread, StopRequestBreaksIt,
                            TimeoutDuringActionDoesNotBreakIt);

}  // namespace weft::test
