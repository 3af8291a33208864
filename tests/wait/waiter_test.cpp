// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/waiter.hpp"

#include <unistd.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>

#include "contracts/contract.hpp"
#include "wait/deadline.hpp"
#include "weft/threading/lock.hpp"

namespace weft::test {
namespace {

using wait::InProcess, wait::Outcome, wait::Sight;
using Word = std::atomic<std::uint32_t>;

std::optional<Sight> who_waits_for(const void* object) {
  for (const Sight& sight : wait::everybody()) {
    if (!sight.kind.empty() && sight.object == object) return sight;
  }
  return {};
}

TEST(WaiterTest, TheMainThreadHasItsName) {
  wait::Waiter& me = wait::self();
  EXPECT_EQ(me.seen().name, "MainThread");
  EXPECT_EQ(me.native_id(), ::gettid());
  EXPECT_NE(me.id(), 0u);
  EXPECT_LT(me.id(), 1u << 31);
  EXPECT_EQ(wait::find(me.id()), &me);
  EXPECT_EQ(wait::current, &me);
  EXPECT_EQ(InProcess::self(), me.id());
}

TEST(WaiterTest, WhoNeverMetWeftIsNotSeen) {
  std::atomic<wait::Waiter*> met{&wait::self()};
  Bunch<OsThreads>(1, [&] { met = wait::current; }).join();
  EXPECT_EQ(met, nullptr);
}

// Who waits for what, since when, until when, held by whom: seen from outside.
TEST(WaiterTest, SeenWhileWaiting) {
  os::TestClock clock;
  std::int64_t begin = os::now();
  Word word{0};
  std::atomic<int> native_id{0};
  std::uint32_t me = wait::self().id();
  Bunch<OsThreads> hand(1, [&] {
    wait::self().name.set("reader");
    native_id = ::gettid();
    InProcess::wait(word, 0, Timeout(5), {"Test", &word, "jobs", me});
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 1; }));
  Sight sight = *who_waits_for(&word);
  EXPECT_EQ(sight.name, "reader");
  EXPECT_EQ(sight.native_id, native_id);
  EXPECT_FALSE(sight.green);
  EXPECT_EQ(sight.kind, "Test");
  EXPECT_EQ(sight.object_name, "jobs");
  EXPECT_EQ(sight.owner, me);
  EXPECT_EQ(sight.since, begin);
  EXPECT_EQ(sight.deadline, begin + 5'000'000'000);

  clock.move(1'200'000'000);
  char line[256];
  std::snprintf(line, sizeof line,
                "reader (tid %d): waiting for Test 'jobs' (%p) since 1.200 s, for at most 3.800 s more, held by "
                "MainThread (tid %d)\n",
                native_id.load(), static_cast<void*>(&word), ::gettid());
  EXPECT_NE(wait::report().find(line), std::string::npos) << wait::report();
  char me_line[64];
  std::snprintf(me_line, sizeof me_line, "MainThread (tid %d): not waiting\n", ::gettid());
  EXPECT_NE(wait::report().find(me_line), std::string::npos) << wait::report();

  InProcess::wake(word, 1);
  ASSERT_TRUE(hand.wait_for_finished());
  EXPECT_FALSE(who_waits_for(&word).has_value());
}

// The owner of a lock that is waited for is its holder when the wait began.
TEST(WaiterTest, LockNamesItsHolder) {
  threading::Lock lock;
  std::atomic<std::uint32_t> holder{0};
  Bunch<OsThreads> owner(1,
                         [&] {
                           lock.acquire();
                           holder = wait::self().id();
                           wait::self().name.set("holder");
                         },
                         {.wait_before_exit = true});
  ASSERT_TRUE(owner.wait_for_finished());
  Bunch<OsThreads> hand(1, [&] { lock.acquire(); });
  ASSERT_TRUE(wait_until([&] { return waiters(&lock) == 1; }));
  EXPECT_EQ(who_waits_for(&lock)->kind, "Lock");
  EXPECT_EQ(who_waits_for(&lock)->owner, holder);
  EXPECT_EQ(who_waits_for(&lock)->deadline, os::Never);
  EXPECT_NE(wait::report().find("held by holder (tid "), std::string::npos) << wait::report();
  owner.join();
  EXPECT_TRUE(wait_until([] { return wait::report().find("held by a thread that has ended") != std::string::npos; }))
      << wait::report();
  lock.release();
}

TEST(WaiterTest, EndedThreadsAreForgotten) {
  std::uint32_t id = 0;
  wait::self();
  std::size_t before = wait::everybody().size();
  Bunch<OsThreads>(1, [&] { id = wait::self().id(); }).join();
  EXPECT_TRUE(wait_until([&] { return wait::everybody().size() == before; }));
  EXPECT_EQ(wait::find(id), nullptr);
  EXPECT_FALSE(InProcess::lost(id));  // it ended; it was not left behind by a fork()
  EXPECT_EQ(wait::find(0), nullptr);
  EXPECT_EQ(wait::find(1u << 23), nullptr);
}

// The id of one who has ended is not soon somebody else's.
TEST(WaiterTest, IdsAreNotSoonUsedAgain) {
  std::set<std::uint32_t> ids;
  for (int i = 0; i < 100; ++i) {
    Bunch<OsThreads>(1, [&] { ids.insert(wait::self().id()); }).join();
  }
  EXPECT_EQ(ids.size(), 100u);
}

// The record of one who has ended is used again; an interrupt() that came too
// late for the former thread is not meant for the next one.
TEST(WaiterTest, LateInterruptDoesNotMeetTheNextThread) {
  wait::self();
  Word word{0};
  wait::Waiter *former = nullptr, *next = nullptr;
  Bunch<OsThreads>(1, [&] {
    former = &wait::self();
    former->interrupt();
  }).join();
  std::optional<Outcome> outcome;
  Bunch<OsThreads>(1, [&] {
    next = &wait::self();
    outcome = InProcess::wait(word, 0, Timeout(1e-3), {"Test", &word});
  }).join();
  ASSERT_EQ(next, former) << "this test needs the record to be used again";
  EXPECT_EQ(outcome, Outcome::TimedOut);
}

threading::Lock used_at_the_end;
std::atomic<int> uses_at_the_end{0};

struct UsesALock {
  ~UsesALock() {
    std::scoped_lock held(used_at_the_end);
    ++uses_at_the_end;
  }
  void touch() {}
};
thread_local UsesALock at_the_end;

// What a thread_local's destructor does with a lock still works, and so does
// what comes even later: that enters the roll once more.
TEST(WaiterTest, LocksWorkWhileAThreadEnds) {
  pthread_key_t key;
  ASSERT_EQ(::pthread_key_create(&key, [](void*) { UsesALock last; }), 0);
  wait::self();
  std::size_t before = wait::everybody().size();
  Bunch<OsThreads>(4, [&] {
    ::pthread_setspecific(key, &key);
    at_the_end.touch();
    std::scoped_lock held(used_at_the_end);
  }).join();
  EXPECT_EQ(uses_at_the_end, 8);
  EXPECT_TRUE(wait_until([&] { return wait::everybody().size() == before; }));
  ::pthread_key_delete(key);
}

TEST(LabelTest, IsCutToWhatFits) {
  wait::Label label;
  EXPECT_EQ(label.get(), "");
  label.set("short");
  EXPECT_EQ(label.get(), "short");
  label.set(std::string(100, 'x'));
  EXPECT_EQ(label.get(), std::string(47, 'x'));
  label.set("");
  EXPECT_EQ(label.get(), "");
}

TEST(LabelTest, IsReadWholeOrNotAtAll) {
  wait::Label label;
  std::atomic<bool> stop{false};
  Bunch<OsThreads> writer(1, [&] {
    for (char c = 'a'; !stop; c = c == 'z' ? 'a' : static_cast<char>(c + 1)) label.set(std::string(40, c));
  });
  for (int i = 0; i < rounds(20'000, 2'000'000); ++i) {
    std::string text = label.get();
    ASSERT_EQ(text, std::string(text.size(), text.empty() ? 'a' : text[0]));
    ASSERT_TRUE(text.empty() || text.size() == 40);
  }
  stop = true;
}

// What is seen of a waiter belongs to one wait, however fast it goes from one to
// the next.
TEST(WaiterTest, NeverSeenInTwoWaitsAtOnce) {
  Word words[2] = {{0}, {0}};
  std::atomic<bool> stop{false};
  Bunch<OsThreads> hand(1, [&] {
    for (std::uint32_t i = 0; !stop; i ^= 1) {
      InProcess::wait(words[i], 0, Timeout(i + 100),
                      {i == 0 ? "Even" : "Odd", &words[i], i == 0 ? "even" : "odd", i + 1});
    }
  });
  Bunch<OsThreads> waker(1, [&] {
    while (!stop) {
      InProcess::wake(words[0], 1);
      InProcess::wake(words[1], 1);
    }
    while (hand.finished() == 0) {
      InProcess::wake(words[0], 1);
      InProcess::wake(words[1], 1);
    }
  });
  int seen[2] = {};
  for (int i = 0; i < rounds(20'000, 1'000'000); ++i) {
    for (const Sight& sight : wait::everybody()) {
      if (sight.kind.empty()) continue;
      bool even = sight.kind == "Even";
      ++seen[even ? 0 : 1];
      EXPECT_EQ(sight.object, &words[even ? 0 : 1]);
      EXPECT_EQ(sight.owner, even ? 1u : 2u);
      EXPECT_TRUE(sight.object_name.empty() || sight.object_name == (even ? "even" : "odd")) << sight.object_name;
      EXPECT_NEAR(static_cast<double>(sight.deadline - sight.since), even ? 100e9 : 101e9, 0.4e9);
    }
    if (HasFailure()) break;
  }
  stop = true;
  EXPECT_TRUE(hand.wait_for_finished());
  EXPECT_GT(seen[0], 0);
  EXPECT_GT(seen[1], 0);
}

TEST(TestClockTest, StandsStillUntilItIsMoved) {
  std::int64_t before = os::now();
  {
    os::TestClock clock;
    EXPECT_TRUE(os::TestClock::active());
    std::int64_t begin = os::now();
    EXPECT_GE(begin, before);
    EXPECT_FALSE(wait_until([&] { return os::now() != begin; }, 0.005));
    wait::move_clock(3'600'000'000'000);
    EXPECT_EQ(os::now(), begin + 3'600'000'000'000);
    EXPECT_LT(os::monotonic(), os::now());
  }
  EXPECT_FALSE(os::TestClock::active());
  EXPECT_LT(os::now(), before + 3'600'000'000'000);
}

// However many waits it is for, and however long the pauses between them.
TEST(TimeoutTest, FromNowIsOneEndForSeveralWaits) {
  os::TestClock clock;
  std::stop_source stop;
  const std::int64_t begin = os::now();
  const Timeout end = Timeout(100, stop.get_token()).from_now();
  EXPECT_TRUE(end.is_moment());
  for (int i = 0; i < 3; ++i) {
    const Timeout again = end.from_now();
    wait::Deadline deadline(again);
    EXPECT_EQ(deadline.at(), begin + 100'000'000'000);
    EXPECT_FALSE(deadline.passed());
    wait::move_clock(30'000'000'000);
  }
  wait::move_clock(30'000'000'000);
  EXPECT_TRUE(wait::Deadline(end).is_now());
  EXPECT_FALSE(wait::Deadline(end).stopped());
  stop.request_stop();
  EXPECT_TRUE(wait::Deadline(end).stopped());
}

TEST(TimeoutTest, ForEverAndOnlyTryStayWhatTheyAre) {
  EXPECT_TRUE(Timeout().from_now().is_forever());
  EXPECT_TRUE(wait::Deadline(Timeout(0).from_now()).is_now());
  EXPECT_FALSE(Timeout(-1).from_now().is_negative());
}

TEST(TimeoutTest, AMomentOnTheSteadyClock) {
  using std::chrono::steady_clock, std::chrono::milliseconds;
  threading::Lock lock;
  lock.acquire();
  const auto begin = steady_clock::now();
  EXPECT_FALSE(lock.acquire(begin + milliseconds(2)));
  EXPECT_GE(steady_clock::now(), begin + milliseconds(2));
  EXPECT_FALSE(lock.acquire(begin));
  EXPECT_FALSE(lock.acquire(steady_clock::time_point::min()));
  EXPECT_TRUE(Timeout(steady_clock::time_point::max()).is_forever());
  lock.release();
  EXPECT_TRUE(lock.acquire(begin));  // has passed: only try
}

}  // namespace
}  // namespace weft::test
