// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <sys/mman.h>
#include <unistd.h>

#include <stop_token>

#include "contracts/contract.hpp"
#include "support/child.hpp"
#include "sync/lock.hpp"
#include "wait/place.hpp"
#include "wait/waiter.hpp"

namespace weft::test {
namespace {

using wait::Everyone, wait::InShared, wait::Outcome;
using Word = std::atomic<std::uint32_t>;

Outcome wait_for(const Word& word, std::uint32_t expected, const Timeout& timeout = {}) {
  return InShared::wait(word, expected, timeout, {"Test", &word});
}

/// A page that children share with the test.
class InSharedTest : public ::testing::Test {
 protected:
  struct Page {
    Word word, arrived, outcome;
  };

  void SetUp() override {
    void* at = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(at, MAP_FAILED);
    page_ = new (at) Page{};
  }
  void TearDown() override { ::munmap(page_, sizeof(Page)); }

  Word& word() { return page_->word; }
  Page* page_ = nullptr;
};

TEST_F(InSharedTest, DoesNotSleepOnAnotherValue) {
  EXPECT_EQ(wait_for(word(), 1), Outcome::Changed);
  EXPECT_EQ(wait_for(word(), 1, 0), Outcome::Changed);
}

TEST_F(InSharedTest, NowNeverSleeps) {
  EXPECT_EQ(wait_for(word(), 0, 0), Outcome::TimedOut);
  EXPECT_EQ(wait_for(word(), 0, -5), Outcome::TimedOut);
}

// The lock of one process is that of several, in another place.
TEST_F(InSharedTest, LockExcludesBetweenProcesses) {
  constexpr int Each = 3000;
  auto count = [&] {
    for (int i = 0; i < Each; ++i) {
      if (!sync::acquire<InShared>(word(), {}, {"Lock", &word()})) return 1;
      page_->arrived.store(page_->arrived.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      if (!detail::LockWord::is_plain(detail::LockWord::release(word()))) sync::release_contended<InShared>(word());
    }
    return 0;
  };
  Bunch<OsThreads> hand(1, [&] { EXPECT_EQ(count(), 0); });
  EXPECT_EQ(in_child(count, 60), 0);
  hand.join();
  EXPECT_EQ(page_->arrived, 2u * Each);
}

TEST_F(InSharedTest, WakesAnotherProcess) {
  std::atomic<bool> woke{false};
  Bunch<OsThreads> waker(1, [&] {
    // The kernel knows best who sleeps there.
    woke = wait_until([&] { return InShared::wake(word(), 1) == 1; });
    word() = 1;
    InShared::wake(word(), Everyone);
  });
  EXPECT_EQ(in_child([&] {
              Outcome outcome = Outcome::Woken;
              while (outcome == Outcome::Woken) outcome = wait_for(word(), 0);
              return outcome == Outcome::Changed ? 0 : 1;
            }),
            0);
  EXPECT_TRUE(waker.wait_for_finished());
  EXPECT_TRUE(woke);
}

// A process can be killed between the store that frees a word and the wake that
// should follow: who waits looks again.
TEST_F(InSharedTest, LooksAgainWithoutAWake) {
  Bunch<OsThreads> other(1, [&] {
    static_cast<void>(wait_until([&] { return page_->arrived == 1; }));
    word() = 1;
  });
  EXPECT_EQ(in_child([&] {
              page_->arrived = 1;
              std::int64_t start = real_now();
              for (;;) {
                Outcome outcome = wait_for(word(), 0);
                if (outcome == Outcome::Changed) return real_now() - start < 2'000'000'000 ? 0 : 1;
                if (outcome != Outcome::Woken) return 2;
              }
            }),
            0);
}

TEST_F(InSharedTest, LooksAgainAfterATenthOfASecond) {
  wait_for(word(), 0);  // may end early, once, by what came before
  std::int64_t begin = real_now();
  EXPECT_EQ(wait_for(word(), 0), Outcome::Woken);
  std::int64_t took = real_now() - begin;
  EXPECT_GE(took, 99'000'000);
  EXPECT_LT(took, static_cast<std::int64_t>(1e9 * patience()));
}

TEST_F(InSharedTest, EndsAtItsDeadline) {
  std::int64_t begin = real_now();
  EXPECT_EQ(wait_for(word(), 0, 0.02), Outcome::TimedOut);
  EXPECT_GE(real_now() - begin, 20'000'000);
}

TEST_F(InSharedTest, RunsOnTheTestsClock) {
  os::TestClock clock;
  std::atomic<Outcome> outcome{Outcome::Changed};
  Bunch<OsThreads> hand(1, [&] {
    Timeout minute(60);
    wait::Deadline deadline(minute);
    do outcome = InShared::wait(word(), 0, deadline, {"Test", &word()});
    while (outcome == Outcome::Woken);  // looks again
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&word()) == 1; }));
  wait::move_clock(59'000'000'000);
  EXPECT_FALSE(wait_until([&] { return hand.finished() == 1; }, 0.02));
  wait::move_clock(2'000'000'000);
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(outcome, Outcome::TimedOut);
}

TEST_F(InSharedTest, StopEndsTheWait) {
  std::stop_source stop;
  std::atomic<Outcome> outcome{Outcome::Changed};
  Bunch<OsThreads> hand(1, [&] {
    do outcome = wait_for(word(), 0, stop.get_token());
    while (outcome == Outcome::Woken);
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&word()) == 1; }));
  stop.request_stop();
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(outcome, Outcome::Interrupted);
  EXPECT_EQ(wait_for(word(), 0, stop.get_token()), Outcome::Interrupted);
}

// An interruption ends the sleep at once, and one wait only.
TEST_F(InSharedTest, InterruptEndsOneWait) {
  Notes outcomes;
  Bunch<OsThreads> hand(1, [&] {
    for (int i = 0; i < 2; ++i) {
      Outcome outcome = Outcome::Woken;
      while (outcome == Outcome::Woken) outcome = wait_for(word(), 0);
      outcomes.add(static_cast<int>(outcome));
    }
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&word()) == 1; }));
  interrupt_waiters(&word());
  ASSERT_TRUE(wait_until([&] { return outcomes.size() == 1; }));
  word() = 1;
  InShared::wake(word(), Everyone);
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(outcomes.values(),
            (std::vector<int>{static_cast<int>(Outcome::Interrupted), static_cast<int>(Outcome::Changed)}));
}

// Who was woken says so, though it was interrupted at the same moment: else that
// wake would be lost, which may have been for somebody else.
TEST_F(InSharedTest, InterruptDoesNotSwallowAWake) {
  int wakes = 0;
  for (int i = 0; i < rounds(200, 20'000); ++i) {
    std::atomic<Outcome> outcome{Outcome::Changed};
    std::atomic<wait::Waiter*> waiter{nullptr};
    Bunch<OsThreads> hand(1, [&] {
      waiter = &wait::self();
      outcome = wait_for(word(), 0);
      waiter.load()->take_interrupt();
    });
    bool woken = false;
    ASSERT_TRUE(wait_until([&] { return (woken = InShared::wake(word(), 1) == 1) || hand.finished() == 1; }));
    waiter.load()->interrupt();
    ASSERT_TRUE(hand.wait_for_finished());
    if (!woken) continue;  // it did not sleep, for it met the rouse() of the round before
    ++wakes;
    ASSERT_EQ(outcome, Outcome::Woken) << i;
  }
  EXPECT_GT(wakes, 0);
}

// A thread is known to all processes by the number that the kernel gives it.
TEST_F(InSharedTest, SelfIsTheKernelsNumber) {
  EXPECT_EQ(InShared::self(), static_cast<std::uint32_t>(::gettid()));
  EXPECT_EQ(in_child([] { return InShared::self() == static_cast<std::uint32_t>(::gettid()) ? 0 : 1; }), 0);
}

}  // namespace
}  // namespace weft::test
