// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/turns.hpp"

#include "contracts/contract.hpp"
#include "contracts/crews.hpp"
#include "weft/errors.hpp"

namespace weft::test {
namespace {

using threading::Turns;

TEST(TurnsTest, RunInTheirOrder) {
  constexpr int Members = 3, Rounds = 20;
  Turns turns(Members);
  Notes order;
  Bunch<test::Threads>(Members, [&](int member) {
    for (int round = 0; round < Rounds; ++round) {
      auto turn = turns.take(member);
      order.add(member);
    }
  }).join();
  std::vector<int> expected;
  for (int i = 0; i < Members * Rounds; ++i) expected.push_back(i % Members);
  EXPECT_EQ(order.values(), expected);
}

TEST(TurnsTest, NextSaysWhose) {
  Turns turns(2);
  EXPECT_EQ(turns.next(), 0);
  {
    auto turn = turns.take(0);
    EXPECT_EQ(turns.next(), 0);
  }
  EXPECT_EQ(turns.next(), 1);
}

TEST(TurnsTest, TimeoutLeavesTheOrder) {
  Turns turns(2);
  EXPECT_FALSE(turns.take(1, 0));
  EXPECT_TRUE(turns.take(0, 0));
  EXPECT_TRUE(turns.take(1, 0));
  EXPECT_EQ(turns.next(), 0);
}

// Nobody waits for one who has left, whether it has its turn, waits for it, or
// neither.
TEST(TurnsTest, TheOthersGoOnWithoutOne) {
  Turns turns(3);
  turns.leave(0);
  EXPECT_EQ(turns.next(), 1);
  {
    auto turn = turns.take(1);
    turns.leave(1);
  }
  EXPECT_EQ(turns.next(), 2);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(turns.take(2, 0)) << i;
  turns.leave(2);
  EXPECT_EQ(turns.next(), -1);
  turns.leave(2);
  EXPECT_THROW(static_cast<void>(turns.take(2)), RuntimeError);
}

TEST(TurnsTest, WhoWaitsIsToldThatItHasLeft) {
  Turns turns(2);
  Notes results;
  Bunch<OsThreads> hand(1, [&] {
    try {
      static_cast<void>(turns.take(1));
    } catch (const RuntimeError&) {
      results.add(1);
    }
  });
  ASSERT_TRUE(wait_until([] { return wait::report().find("waiting for Semaphore") != std::string::npos; }));
  turns.leave(1);
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(results.size(), 1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(turns.take(0, 0)) << i;
}

TEST(TurnsTest, Misuse) {
  EXPECT_THROW(Turns(0), ValueError);
  Turns turns(2);
  EXPECT_THROW(static_cast<void>(turns.take(2)), ValueError);
  EXPECT_THROW(static_cast<void>(turns.take(-1)), ValueError);
  EXPECT_THROW(turns.leave(7), ValueError);
}

// Somebody leaves for a member who is just taking its turn: either it has it, or
// the next one does.
TEST(TurnsTest, LeavingForOneWhoIsTakingItsTurnPassesIt) {
  for (int i = 0; i < rounds(2'000, 50'000); ++i) {
    Turns turns(2);
    std::atomic<bool> ready{false};
    auto first = std::make_unique<Turns::Turn>(turns.take(0));
    Bunch<OsThreads> hand(1, [&] {
      ready = true;
      try {
        auto turn = turns.take(1);
      } catch (const RuntimeError&) {
      }
    });
    while (!ready) ::sched_yield();
    first.reset();
    turns.leave(1);
    ASSERT_TRUE(turns.take(0, 10)) << i;
    ASSERT_TRUE(hand.wait_for_finished());
  }
}

// Members leave at random moments; the others still alternate in order.
TEST(TurnsTest, LeavingInTheMiddle) {
  for (int i = 0; i < rounds(20, 2'000); ++i) {
    constexpr int Members = 4;
    Turns turns(Members);
    std::atomic<int> inside{0}, wrong{0};
    Bunch<test::Threads> hands(Members, [&](int member) {
      for (int round = 0; round < 3 + 5 * member; ++round) {
        auto turn = turns.take(member);
        if (inside.fetch_add(1) != 0) ++wrong;
        inside.fetch_sub(1);
      }
      turns.leave(member);
    });
    ASSERT_TRUE(hands.wait_for_finished()) << wait::report();
    ASSERT_EQ(wrong, 0);
    ASSERT_EQ(turns.next(), -1);
  }
}

}  // namespace
}  // namespace weft::test
