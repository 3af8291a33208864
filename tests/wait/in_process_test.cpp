// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <signal.h>

#include <random>
#include <stop_token>

#include "contracts/contract.hpp"
#include "wait/place.hpp"

namespace weft::test {
namespace {

using wait::Everyone, wait::InProcess, wait::Outcome;
using Word = std::atomic<std::uint32_t>;

Outcome wait_for(const Word& word, std::uint32_t expected, const Timeout& timeout = {}) {
  return InProcess::wait(word, expected, timeout, {"Test", &word});
}

TEST(InProcessTest, WakesWhoSleeps) {
  Word word{7};
  std::atomic<Outcome> outcome{Outcome::TimedOut};
  Bunch<OsThreads> hand(1, [&] { outcome = wait_for(word, 7); });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 1; }));
  EXPECT_EQ(InProcess::wake(word, 1), 1);
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(outcome, Outcome::Woken);
  EXPECT_EQ(waiters(&word), 0);
}

TEST(InProcessTest, DoesNotSleepOnAnotherValue) {
  Word word{7};
  EXPECT_EQ(wait_for(word, 8), Outcome::Changed);
  EXPECT_EQ(wait_for(word, 8, 0), Outcome::Changed);
}

TEST(InProcessTest, NowNeverSleeps) {
  Word word{7};
  EXPECT_EQ(wait_for(word, 7, 0), Outcome::TimedOut);
  EXPECT_EQ(wait_for(word, 7, -5), Outcome::TimedOut);
}

TEST(InProcessTest, WakeIsNotRemembered) {
  Word word{0};
  EXPECT_EQ(InProcess::wake(word, 1), 0);
  EXPECT_EQ(InProcess::wake(word, Everyone), 0);
  EXPECT_EQ(wait_for(word, 0, 1e-4), Outcome::TimedOut);
}

// Only wake() wakes: a word that changes does not.
TEST(InProcessTest, ChangeAloneDoesNotWake) {
  Word word{0};
  Bunch<OsThreads> hand(1, [&] { wait_for(word, 0); });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 1; }));
  word = 1;
  EXPECT_FALSE(wait_until([&] { return hand.finished() == 1; }, 0.02));
  EXPECT_EQ(InProcess::wake(word, 1), 1);
}

TEST(InProcessTest, FirstComeFirstWoken) {
  Word word{0};
  Notes order;
  std::vector<std::unique_ptr<Bunch<OsThreads>>> hands;
  for (int i = 0; i < 6; ++i) {
    hands.push_back(std::make_unique<Bunch<OsThreads>>(1, [&, i] {
      wait_for(word, 0);
      order.add(i);
    }));
    ASSERT_TRUE(wait_until([&] { return waiters(&word) == i + 1; }));
  }
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(InProcess::wake(word, 1), 1);
    ASSERT_TRUE(wait_until([&] { return order.size() == i + 1; }));
  }
  EXPECT_EQ(order.values(), (std::vector<int>{0, 1, 2, 3, 4, 5}));
}

TEST(InProcessTest, WakesSoManyAndNoMore) {
  Word word{0};
  Bunch<OsThreads> hands(5, [&] { wait_for(word, 0); });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 5; }));
  EXPECT_EQ(InProcess::wake(word, 2), 2);
  EXPECT_TRUE(wait_until([&] { return hands.finished() == 2 && waiters(&word) == 3; }));
  EXPECT_EQ(InProcess::wake(word, 0), 0);
  EXPECT_EQ(InProcess::wake(word, Everyone), 3);
  EXPECT_TRUE(hands.wait_for_finished());
}

TEST(InProcessTest, EndsAtItsDeadline) {
  os::TestClock clock;
  Word word{0};
  std::array<std::atomic<Outcome>, 3> outcomes{Outcome::Changed, Outcome::Changed, Outcome::Changed};
  Bunch<OsThreads> hands(3, [&](int hand) { outcomes[static_cast<std::size_t>(hand)] = wait_for(word, 0, hand + 1); });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 3; }));
  for (int i = 0; i < 3; ++i) {
    wait::move_clock(1'000'000'000);
    ASSERT_TRUE(wait_until([&] { return hands.finished() == i + 1; }));
    EXPECT_EQ(outcomes[static_cast<std::size_t>(i)], Outcome::TimedOut);
    EXPECT_EQ(waiters(&word), 2 - i);
  }
}

TEST(InProcessTest, RealTimeEndsItToo) {
  Word word{0};
  std::int64_t begin = real_now();
  EXPECT_EQ(wait_for(word, 0, 0.005), Outcome::TimedOut);
  EXPECT_GE(real_now() - begin, 5'000'000);
}

TEST(InProcessTest, StopEndsTheWait) {
  Word word{0};
  std::stop_source stop;
  std::atomic<Outcome> outcome{Outcome::Changed};
  Bunch<OsThreads> hand(1, [&] { outcome = wait_for(word, 0, stop.get_token()); });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 1; }));
  stop.request_stop();
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(outcome, Outcome::Interrupted);
  EXPECT_EQ(InProcess::wake(word, 1), 0);
  EXPECT_EQ(wait_for(word, 0, stop.get_token()), Outcome::Interrupted);
}

TEST(InProcessTest, InterruptEndsOneWait) {
  Word word{0};
  Notes outcomes;
  Bunch<OsThreads> hand(1, [&] {
    outcomes.add(static_cast<int>(wait_for(word, 0)));
    outcomes.add(static_cast<int>(wait_for(word, 0)));
    // One that comes while nobody waits ends the next wait.
    wait::self().interrupt();
    outcomes.add(static_cast<int>(wait_for(word, 0)));
    outcomes.add(static_cast<int>(wait_for(word, 0, 1e-4)));
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 1; }));
  interrupt_waiters(&word);
  ASSERT_TRUE(wait_until([&] { return outcomes.size() == 1 && waiters(&word) == 1; }));
  EXPECT_EQ(InProcess::wake(word, 1), 1);
  ASSERT_TRUE(hand.wait_for_finished());
  constexpr int Woken = static_cast<int>(Outcome::Woken), TimedOut = static_cast<int>(Outcome::TimedOut),
                Interrupted = static_cast<int>(Outcome::Interrupted);
  EXPECT_EQ(outcomes.values(), (std::vector<int>{Interrupted, Woken, Interrupted, TimedOut}));
}

// A signal that a handler takes is not an interruption: the wait goes on.
TEST(InProcessTest, SignalsDoNotEndAWait) {
  struct sigaction quiet = {}, before;
  quiet.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGUSR1, &quiet, &before), 0);
  Word word{0};
  std::atomic<Outcome> outcome{Outcome::Changed};
  std::atomic<pthread_t> thread{};
  Bunch<OsThreads> hand(1, [&] {
    thread = ::pthread_self();
    outcome = wait_for(word, 0);
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 1; }));
  for (int i = 0; i < 5; ++i) {
    ::pthread_kill(thread, SIGUSR1);
    EXPECT_FALSE(wait_until([&] { return hand.finished() == 1; }, 0.002));
  }
  EXPECT_EQ(InProcess::wake(word, 1), 1);
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(outcome, Outcome::Woken);
  ::sigaction(SIGUSR1, &before, nullptr);
}

// The lot grows with those who may wait.
class ManyTest : public ::testing::Test {
 protected:
  static constexpr int Many = 1200;
};

TEST_F(ManyTest, OnOneWord) {
  limit(60);
  Word word{0};
  Bunch<OsThreads> hands(Many, [&] { wait_for(word, 0); });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == Many; }, 30));
  EXPECT_EQ(InProcess::wake(word, 200), 200);
  EXPECT_TRUE(wait_until([&] { return hands.finished() == 200; }));
  EXPECT_EQ(InProcess::wake(word, Everyone), Many - 200);
  EXPECT_TRUE(hands.wait_for_finished(30));
}

TEST_F(ManyTest, EachOnItsOwnWord) {
  limit(60);
  std::vector<Word> words(Many);
  std::vector<std::atomic<bool>> gone(Many);
  Bunch<OsThreads> hands(Many, [&](int hand) {
    auto place = static_cast<std::size_t>(hand);
    wait_for(words[place], 0);
    gone[place] = true;
  });
  ASSERT_TRUE(wait_until(
      [&] {
        int waiting = 0;
        for (const wait::Sight& sight : wait::everybody()) waiting += sight.kind == "Test";
        return waiting == Many;
      },
      30));
  // Each wake finds its own, whatever bucket it was in when it fell asleep.
  for (int i = Many - 1; i >= 0; i -= 3) {
    auto place = static_cast<std::size_t>(i);
    ASSERT_EQ(InProcess::wake(words[place], Everyone), 1) << i;
    ASSERT_TRUE(wait_until([&] { return gone[place].load(); })) << i;
  }
  EXPECT_EQ(hands.finished(), Many / 3);
  for (Word& word : words) InProcess::wake(word, Everyone);
  EXPECT_TRUE(hands.wait_for_finished(30));
}

// While the lot grows under those who come, go and wake, nobody is forgotten.
TEST_F(ManyTest, WhileTheLotGrows) {
  limit(60);
  Word word{0};
  std::atomic<bool> stop{false};
  std::atomic<long> woken{0}, wakes{0};
  Bunch<OsThreads> sleepers(4, [&] {
    while (!stop) woken += wait_for(word, 0, 1e-3) == Outcome::Woken;
  });
  Bunch<OsThreads> waker(1, [&] {
    while (!stop) wakes += InProcess::wake(word, 1);
  });
  Word other{0};
  {
    Bunch<OsThreads> crowd(Many, [&] { wait_for(other, 0); });
    EXPECT_TRUE(wait_until([&] { return waiters(&other) == Many; }, 30));
    EXPECT_EQ(InProcess::wake(other, Everyone), Many);
  }
  stop = true;
  sleepers.join();
  waker.join();
  EXPECT_EQ(woken, wakes);
}

// wake() says how many it woke, and exactly so many find themselves woken: who
// times out or is interrupted at the same moment has used up no wake.
TEST(InProcessTest, NoWakeIsLost) {
  std::uint64_t seed = test::seed();
  Word word{0};
  std::atomic<bool> stop{false};
  std::atomic<long> woken{0}, wakes{0}, ended[4] = {};
  constexpr int Sleepers = 4;
  const std::int64_t end = real_now() + rounds(300, 20'000) * 1'000'000LL;
  Bunch<OsThreads> sleepers(Sleepers, [&](int hand) {
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(hand));
    while (!stop) {
      Timeout timeout = Timeout::from_nanoseconds(1 + static_cast<std::int64_t>(random() % 60'000));
      Outcome outcome = wait_for(word, 0, timeout);
      ++ended[static_cast<int>(outcome)];
      woken += outcome == Outcome::Woken;
    }
  });
  Bunch<OsThreads> wakers(2, [&](int hand) {
    std::mt19937_64 random(seed + 100 + static_cast<std::uint64_t>(hand));
    while (!stop) {
      if (random() % 64 == 0) interrupt_waiters(&word);
      wakes += InProcess::wake(word, 1 + static_cast<int>(random() % 2));
      if (random() % 8 == 0) ::sched_yield();
    }
  });
  EXPECT_TRUE(wait_until([&] { return real_now() >= end; }, 100));
  stop = true;
  sleepers.join();
  wakers.join();
  EXPECT_EQ(woken, wakes);
  EXPECT_GT(ended[static_cast<int>(Outcome::Woken)], 0);
  EXPECT_GT(ended[static_cast<int>(Outcome::TimedOut)], 0);
}

}  // namespace
}  // namespace weft::test
