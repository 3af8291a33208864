// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/gevent/greenlet.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "contracts/contract.hpp"
#include "os/sanitizer.hpp"
#include "wait/hub.hpp"
#include "weft/gevent.hpp"
#include "weft/queue.hpp"
#include "weft/subprocess.hpp"
#include "weft/threading.hpp"

namespace weft::test {
namespace {

using gevent::Greenlet, gevent::GreenletState, gevent::GreenletStatus, gevent::joinall, gevent::sleep, gevent::spawn;
using threading::Barrier, threading::BrokenBarrierError, threading::Condition, threading::Event, threading::Lock,
    threading::RLock, threading::Semaphore, threading::Thread;

// Lets the others run until this one waits.
void until_waiting(const Greenlet<>& greenlet) {
  ASSERT_TRUE(wait_until([&] { return greenlet.status().state == GreenletState::Waiting; }));
}

TEST(GreenletTest, Result) {
  Greenlet<int> sum = spawn([](int a, int b) { return a + b; }, 1, 2);
  EXPECT_EQ(sum.value(), nullptr);
  EXPECT_FALSE(sum.ready());
  EXPECT_EQ(sum.get(), 3);
  EXPECT_TRUE(sum.ready());
  EXPECT_TRUE(sum.successful());
  EXPECT_EQ(*sum.value(), 3);
  EXPECT_EQ(sum.exception(), nullptr);
}

TEST(GreenletTest, ArgumentsMayBeMoveOnly) {
  auto taken = spawn([](std::unique_ptr<int> p) { return p; }, std::make_unique<int>(5));
  EXPECT_EQ(*taken.get(), 5);
  int touched = 0;
  spawn([](int& i) { i = 7; }, std::ref(touched)).join();
  EXPECT_EQ(touched, 7);
}

TEST(GreenletTest, ExceptionGoesToWhoeverAsks) {
  auto failed = spawn([]() -> int { throw ValueError("no such luck"); });
  EXPECT_TRUE(failed.join());
  EXPECT_FALSE(failed.successful());
  EXPECT_TRUE(throws<ValueError>([&] { failed.get(); }, "no such luck"));
  EXPECT_TRUE(throws<ValueError>([&] { failed.get(); }, "no such luck"));
  EXPECT_NE(failed.exception(), nullptr);
}

TEST(GreenletTest, RunsWhenTheSpawnerWaits) {
  bool ran = false;
  auto green = spawn([&] { ran = true; });
  EXPECT_FALSE(ran);
  EXPECT_EQ(green.status().state, GreenletState::New);
  sleep(0);
  EXPECT_TRUE(ran);
  EXPECT_EQ(green.status().state, GreenletState::Dead);
}

TEST(GreenletTest, TakeTurns) {
  std::string order;
  auto write = [&](char c) {
    for (int i = 0; i < 3; ++i) {
      order += c;
      sleep(0);
    }
  };
  joinall({spawn(write, 'a'), spawn(write, 'b'), spawn(write, 'c')});
  EXPECT_EQ(order, "abcabcabc");
}

TEST(GreenletTest, Names) {
  Event go;
  auto named = spawn({.name = "reader"}, [&] { go.wait(); });
  auto nameless = spawn([&] { go.wait(); });
  EXPECT_EQ(named.name(), "reader");
  EXPECT_EQ(nameless.name().rfind("Greenlet-", 0), 0u);
  go.set();
  joinall({named, nameless});
  EXPECT_EQ(named.name(), "reader");
}

TEST(GreenletTest, HandleThatStandsForNone) {
  Greenlet<> none;
  EXPECT_TRUE(throws<RuntimeError>([&] { none.join(); }, "greenlet.__init__() not called"));
  EXPECT_EQ(gevent::getcurrent(), none);
}

TEST(GreenletTest, GetCurrent) {
  Greenlet<> inside;
  auto green = spawn([&] { inside = gevent::getcurrent(); });
  green.join();
  EXPECT_EQ(inside, Greenlet<>(green));
}

TEST(GreenletTest, CannotJoinItself) {
  auto green = spawn([] { gevent::getcurrent().join(); });
  EXPECT_TRUE(throws<RuntimeError>([&] { green.get(); }, "cannot join current greenlet"));
}

TEST(GreenletTest, EnumerateShowsThemWithTheirStates) {
  Lock lock;
  Event event;
  lock.acquire();
  auto a = spawn({.name = "locker"}, [&] { lock.acquire(); });
  auto b = spawn({.name = "waiter"}, [&] { event.wait(); });
  auto c = spawn({.name = "sleeper"}, [&] { sleep(60); });
  until_waiting(a), until_waiting(b), until_waiting(c);
  std::map<std::string, GreenletStatus> all;
  for (const GreenletStatus& status : gevent::enumerate()) all[status.name] = status;
  EXPECT_EQ(all.size(), 3u);
  EXPECT_EQ(all["locker"].waiting_for, "Lock");
  EXPECT_EQ(all["locker"].object, &lock);
  EXPECT_EQ(all["locker"].held_by, "MainThread");
  EXPECT_EQ(all["waiter"].waiting_for, "Event");
  EXPECT_EQ(all["sleeper"].waiting_for, "sleep");
  lock.release();
  event.set();
  c.kill();
  joinall({a, b});
  EXPECT_TRUE(gevent::enumerate().empty());
}

TEST(GreenletTest, SleepersWakeInOrder) {
  Time<Hole<int, OsThreads>> time;
  std::vector<int> order;
  std::vector<Greenlet<>> greens;
  for (int i : {5, 1, 4, 2, 3}) {
    greens.push_back(spawn([&order, i] {
      sleep(i);
      order.push_back(i);
    }));
  }
  for (auto& green : greens) until_waiting(green);
  for (int i = 0; i < 5; ++i) {
    time.move(1.0);
    ASSERT_TRUE(wait_until([&] { return order.size() == static_cast<std::size_t>(i + 1); }));
  }
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5}));
  joinall(greens);
}

TEST(GreenletTest, RealTimers) {
  constexpr int N = 2000;
  std::vector<Greenlet<double>> greens;
  for (int i = 0; i < N; ++i) {
    greens.push_back(spawn(
        [](double due) {
          sleep(due);
          return due;
        },
        static_cast<double>(i * 7919 % N) / N / 20));
  }
  for (auto& green : greens) EXPECT_LT(green.get(), 0.05);
}

TEST(GreenletTest, SpawnLater) {
  Time<Hole<int, OsThreads>> time;
  bool ran = false;
  auto later = gevent::spawn_later(1.0, [&] { ran = true; });
  until_waiting(later);
  time.move(0.5);
  sleep(0);
  EXPECT_FALSE(ran);
  time.move(0.6);
  EXPECT_TRUE(later.join());
  EXPECT_TRUE(ran);
}

TEST(GreenletTest, JoinTimeout) {
  Event event;
  auto green = spawn([&] { event.wait(); });
  EXPECT_FALSE(green.join(0));
  EXPECT_FALSE(green.join(0.001));
  EXPECT_TRUE(throws<TimeoutError>([&] { green.get(0.001); }, "timed out"));
  auto quick = spawn([] {});
  EXPECT_EQ(joinall({green, quick}, {.timeout = 0.001}), std::vector<Greenlet<>>{quick});
  event.set();
  EXPECT_TRUE(green.join());
}

TEST(GreenletTest, JoinAllRaisesWhatTheFirstOneThrew) {
  auto failed = spawn([] { throw ValueError("first"); });
  EXPECT_TRUE(throws<ValueError>([&] { joinall({failed}, {.raise_error = true}); }, "first"));
}

TEST(GreenletTest, JoinFromAnotherThread) {
  Event go;
  auto green = spawn([&] {
    go.wait();
    return 11;
  });
  int seen = 0;
  Thread other([&] {
    go.set();
    seen = green.get();
  });
  other.start();
  other.join();  // while this waits, its green threads run
  EXPECT_EQ(seen, 11);
}

// kill: GreenletExit comes out of whatever it waits in, and its destructors run.
class KillTest : public ::testing::Test {
 protected:
  template <class Wait>
  void expect_killed(Wait wait) {
    int unwound = 0;
    auto green = spawn([&] {
      struct Unwinds {
        ~Unwinds() { ++n; }
        int& n;
      } unwinds{unwound};
      wait();
      ADD_FAILURE() << "went on";
    });
    until_waiting(green);
    EXPECT_TRUE(green.kill());
    EXPECT_EQ(unwound, 1);
    EXPECT_TRUE(green.dead());
    EXPECT_TRUE(green.successful()) << "as in gevent, an exit is no failure";
    EXPECT_THROW(green.get(), GreenletExit);
    EXPECT_EQ(green.exception(), nullptr);
  }
};

TEST_F(KillTest, OutOfLock) {
  Lock lock;
  lock.acquire();
  expect_killed([&] { lock.acquire(); });
  expect_killed([&] { lock.lock(); });
  EXPECT_EQ(waiters(&lock), 0);
  lock.release();
  EXPECT_TRUE(lock.acquire(0));
}

TEST_F(KillTest, OutOfRLock) {
  RLock lock;
  lock.acquire();
  expect_killed([&] { lock.acquire(); });
  expect_killed([&] { lock.lock(); });
}

TEST_F(KillTest, OutOfSemaphore) {
  Semaphore none(0);
  expect_killed([&] { none.acquire(); });
  none.release();
  EXPECT_TRUE(none.acquire(0));
}

TEST_F(KillTest, OutOfEvent) {
  Event event;
  expect_killed([&] { event.wait(); });
}

// It holds the lock again while it goes: what is around it releases it.
TEST_F(KillTest, OutOfCondition) {
  Condition condition;
  expect_killed([&] {
    std::scoped_lock held(condition);
    try {
      condition.wait();
    } catch (...) {
      Thread other([&] { EXPECT_FALSE(condition.acquire(0)); });
      other.start();
      other.join();
      throw;
    }
  });
  EXPECT_TRUE(condition.acquire(0));
  condition.release();
}

TEST_F(KillTest, OutOfConditionWhileSomebodyElseHasTheLock) {
  Lock lock;
  Condition condition(lock);
  auto green = spawn([&] {
    std::scoped_lock held(condition);
    condition.wait();
  });
  until_waiting(green);
  {
    std::scoped_lock held(lock);
    EXPECT_FALSE(green.kill(0.001));
    EXPECT_TRUE(lock.locked());
  }
  EXPECT_TRUE(green.join());
  EXPECT_FALSE(lock.locked());
}

TEST_F(KillTest, OutOfBarrierBreaksItForTheOthers) {
  Barrier barrier(3);
  auto other = spawn([&] { EXPECT_THROW(barrier.wait(), BrokenBarrierError); });
  until_waiting(other);
  expect_killed([&] { barrier.wait(); });
  EXPECT_TRUE(other.join());
}

TEST_F(KillTest, OutOfQueues) {
  queue::Queue<int> empty, full(1);
  full.put(1);
  expect_killed([&] { empty.get(); });
  expect_killed([&] { full.put(2); });
  expect_killed([&] { full.join(); });
  empty.put(3);
  EXPECT_EQ(empty.get(0), 3);
  EXPECT_EQ(full.get(0), 1);
  EXPECT_TRUE(full.empty());
}

TEST_F(KillTest, OutOfSleepAndJoin) {
  expect_killed([] { sleep(3600); });
  Event event;
  auto other = spawn([&] { event.wait(); });
  expect_killed([&] { other.join(); });
  expect_killed([&] { other.get(); });
  Thread thread([&] { event.wait(); });
  thread.start();
  expect_killed([&] { thread.join(); });
  event.set();
  thread.join();
  other.join();
}

TEST_F(KillTest, OutOfSubprocess) {
  subprocess::Popen child({"sleep", "3600"}, {.stdout = subprocess::PIPE});
  expect_killed([&] { child.wait(); });
  expect_killed([&] { child.communicate(); });
  child.kill();
  child.wait();
}

TEST_F(KillTest, BeforeItHasRun) {
  bool ran = false;
  auto green = spawn([&] { ran = true; });
  EXPECT_TRUE(green.kill());
  EXPECT_FALSE(ran);
}

TEST_F(KillTest, WhileItCouldRun) {
  int rounds = 0;
  auto green = spawn([&] {
    for (;; ++rounds) sleep(0);
  });
  sleep(0);
  EXPECT_TRUE(green.kill());
  EXPECT_GE(rounds, 0);
}

TEST_F(KillTest, WhenItHasEnded) {
  auto green = spawn([] { return 1; });
  green.join();
  EXPECT_TRUE(green.kill());
  EXPECT_EQ(green.get(), 1);
}

TEST_F(KillTest, Itself) {
  auto green = spawn([] { gevent::getcurrent().kill(); });
  EXPECT_THROW(green.get(), GreenletExit);
}

TEST_F(KillTest, WithAnotherException) {
  Event event;
  auto green = spawn([&] { event.wait(); });
  until_waiting(green);
  EXPECT_TRUE(green.kill(std::make_exception_ptr(ValueError("enough"))));
  EXPECT_TRUE(throws<ValueError>([&] { green.get(); }, "enough"));
  EXPECT_FALSE(green.successful());
}

// Catching it means going on, until the next one.
TEST_F(KillTest, MayBeCaught) {
  Event event, caught;
  auto green = spawn([&] {
    try {
      event.wait();
    } catch (const GreenletExit&) {
      caught.set();
    }
    event.wait();
    return 5;
  });
  until_waiting(green);
  EXPECT_FALSE(green.kill(0));
  caught.wait();
  event.set();
  EXPECT_EQ(green.get(), 5);
}

// Cleaning up may wait, and is not thrown out of it by the kill that caused it.
TEST_F(KillTest, CleaningUpMayWait) {
  Event event;
  Lock lock;
  bool cleaned = false;
  struct CleansUp {
    ~CleansUp() {
      sleep(0.001);
      std::scoped_lock held(l);
      done = true;
    }
    Lock& l;
    bool& done;
  };
  auto green = spawn([&] {
    CleansUp cleans_up{lock, cleaned};
    event.wait();
  });
  until_waiting(green);
  lock.acquire();
  EXPECT_FALSE(green.kill(0));
  until_waiting(green);
  EXPECT_FALSE(green.kill(0)) << "a second one while it unwinds waits for its turn";
  sleep(0.002);
  EXPECT_FALSE(green.dead());
  lock.release();
  EXPECT_TRUE(green.join());
  EXPECT_TRUE(cleaned);
}

TEST_F(KillTest, FromAnotherThread) {
  Event event;
  auto green = spawn([&] { event.wait(); });
  Thread other([&] { EXPECT_TRUE(green.kill()); });
  other.start();
  other.join();
  EXPECT_TRUE(green.dead());
}

TEST_F(KillTest, All) {
  Event event;
  std::vector<Greenlet<>> greens;
  for (int i = 0; i < 100; ++i) greens.push_back(spawn([&] { event.wait(); }));
  sleep(0);
  gevent::killall(greens);
  for (auto& green : greens) EXPECT_TRUE(green.dead());
}

TEST_F(KillTest, AllButTheCaller) {
  Event event;
  auto other = spawn([&] { event.wait(); });
  EXPECT_EQ(spawn([&] {
              gevent::killall({other, gevent::getcurrent()}, std::make_exception_ptr(ValueError("all of you")));
              return 5;
            }).get(),
            5);
  EXPECT_TRUE(throws<ValueError>([&] { other.get(); }, "all of you"));
}

// It was asked to end in its last moments; those who have its record after it
// were not, however many they are.
TEST_F(KillTest, ARequestThatCameTooLateHitsNobody) {
  Event event;
  auto late = spawn([&] { event.wait(); });
  sleep(0);
  event.set();
  late.kill(0);
  late.join();
  EXPECT_TRUE(late.successful());
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(spawn([&] { return i; }).get(), i);
}

// Kills from other threads, waits that end on their own, and records that are
// used again at once: nobody is hit who was not meant.
TEST_F(KillTest, HitsNobodyElse) {
  queue::Queue<Greenlet<>> victims;
  Thread killer([&] {
    for (const Greenlet<>& victim : victims) victim.kill(0);
  });
  killer.start();
  int innocent = 0;
  for (int i = 0; i < rounds(3000, 100'000); ++i) {
    Event event;
    auto victim = spawn([&] { event.wait(0.0001); });
    victims.put(victim);
    sleep(0);
    event.set();
    victim.join();
    auto other = spawn([] {
      Event never;
      return never.wait(0.00001);
    });
    EXPECT_FALSE(other.get());
    innocent += other.successful();
  }
  victims.shutdown();
  killer.join();
  EXPECT_EQ(innocent, rounds(3000, 100'000));
}

// Exceptions are each green thread's own, whatever runs in between.
TEST(GreenExceptions, TwoInsideCatchBlocks) {
  std::string log;
  auto handle = [&](const char* what) {
    try {
      throw ValueError(what);
    } catch (const ValueError&) {
      sleep(0);
      try {
        throw RuntimeError(std::string(what) + " within");
      } catch (const RuntimeError& e) {
        sleep(0);
        log += e.what() + std::string(", ");
      }
      sleep(0);
      try {
        throw;
      } catch (const ValueError& e) {
        log += e.what() + std::string(", ");
      }
    }
  };
  joinall({spawn(handle, "first"), spawn(handle, "second")}, {.raise_error = true});
  EXPECT_EQ(log, "first within, second within, first, second, ");
}

TEST(GreenExceptions, UncaughtOnesAreCountedForEach) {
  struct Waits {
    ~Waits() {
      sleep(0);
      EXPECT_EQ(std::uncaught_exceptions(), 1);
    }
  };
  auto unwind = [] {
    try {
      Waits waits;
      throw 1;
    } catch (int) {
      EXPECT_EQ(std::uncaught_exceptions(), 0);
    }
  };
  auto look = [] {
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(std::uncaught_exceptions(), 0);
      sleep(0);
    }
  };
  joinall({spawn(unwind), spawn(look), spawn(unwind)}, {.raise_error = true});
}

TEST(GreenExceptions, ThrownInOneAndRethrownInAnother) {
  auto thrower = spawn([]() -> int { throw ValueError("far"); });
  auto middle = spawn([&] {
    try {
      return thrower.get();
    } catch (const ValueError&) {
      sleep(0);
      throw;
    }
  });
  EXPECT_TRUE(throws<ValueError>([&] { middle.get(); }, "far"));
}

int dig(int depth) {
  volatile char room[256];
  room[0] = 1;
  return depth == 0 ? 0 : dig(depth - 1) + room[0];
}

TEST(GreenStacks, AsLargeAsAsked) {
  EXPECT_EQ(spawn({.stack_size = 1 << 20}, dig, 2000).get(), 2000);
  EXPECT_EQ(spawn(dig, 60).get(), 60);
}

TEST(GreenStacks, AThousandDeepInTurn) {
  std::vector<Greenlet<int>> greens;
  for (int i = 0; i < 50; ++i) {
    greens.push_back(spawn({.stack_size = 512 * 1024}, [] {
      int sum = 0;
      for (int k = 0; k < 5; ++k) {
        sum += dig(200);
        sleep(0);
      }
      return sum;
    }));
  }
  for (auto& green : greens) EXPECT_EQ(green.get(), 1000);
}

// A million under `make stress`.
TEST(GreenStacks, ManyParked) {
  limit(600);
#if defined(WEFT_TSAN)
  const int n = 3000;  // gcc 12's ends at about 8,100 threads and fibers
#else
  const int n = rounds(20'000, 1'000'000);
#endif
  Event event;
  int ended = 0;
  std::vector<Greenlet<>> greens;
  greens.reserve(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) {
    greens.push_back(spawn([&] {
      event.wait();
      ++ended;
    }));
  }
  ASSERT_TRUE(wait_until([&] { return waiters(&event) == n; }, 60));
  event.set();
  joinall(greens);
  EXPECT_EQ(ended, n);
}

#if !defined(WEFT_TSAN)  // gcc 12's ends at about 8,100 threads and fibers
// Not at once: they might be needed again. The thread sees to it while it waits for something else.
TEST(GreenStacks, MemoryOfManyThatHaveEndedGoesBack) {
  limit(600);
  auto resident = [] {
    std::size_t pages = 0, held = 0;
    std::ifstream("/proc/self/statm") >> pages >> held;
    return held * os::page_size();
  };
  threading::Thread thread([&] {
    constexpr std::size_t Many = 2 * os::StackPool::MostWarm;
    Event event, never;
    std::vector<Greenlet<>> greens;
    for (std::size_t i = 0; i < Many; ++i) greens.push_back(spawn([&] { event.wait(); }));
    sleep(0);
    const std::size_t most = resident();
    event.set();
    joinall(greens);
    auto given_back = [&] { return resident() < most - Many / 3 * os::page_size(); };
    EXPECT_TRUE(wait_until([&] { return never.wait(0.02) || given_back(); }, 60));
  });
  thread.start();
  thread.join();
}
#endif

TEST(GreenStacks, NoneIsThatLarge) {
  EXPECT_THROW(spawn({.stack_size = static_cast<std::size_t>(-1)}, [] {}), std::bad_alloc);
}

// The last thing that one does, when what it ran has returned.
TEST(GreenLocals, MayAskWhoTheyAreWhenTheyGo) {
  struct Asks {
    ~Asks() {
      if (told != nullptr) *told = gevent::getcurrent().name();
    }
    std::string* told = nullptr;
  };
  threading::Local<Asks> local;
  std::string told;
  auto green = spawn({.name = "g"}, [&] { local->told = &told; });
  EXPECT_TRUE(green.join());
  EXPECT_EQ(told, "g");
}

TEST(GreenLocals, MayWaitWhenTheyGo) {
  struct Waits {
    ~Waits() {
      if (event != nullptr) event->wait();
    }
    Event* event = nullptr;
  };
  threading::Local<Waits> local;
  Event event;
  auto green = spawn([&] { local->event = &event; });
  until_waiting(green);
  EXPECT_FALSE(green.kill(0)) << "who only cleans up is not thrown at";
  event.set();
  EXPECT_TRUE(green.join());
  EXPECT_TRUE(green.successful());
}

TEST(GreenLocals, AreEachOnesOwn) {
  static std::atomic<int> alive{0};
  struct Counter {
    Counter() { ++alive; }
    ~Counter() { --alive; }
    int value = 0;
  };
  threading::Local<Counter> local;
  local->value = 100;
  auto count = [&] {
    for (int i = 0; i < 3; ++i) {
      ++local->value;
      sleep(0);
    }
    return local->value;
  };
  auto a = spawn(count), b = spawn(count);
  EXPECT_EQ(a.get(), 3);
  EXPECT_EQ(b.get(), 3);
  EXPECT_EQ(local->value, 100);
  EXPECT_EQ(alive, 1);
}

// The other cells: what a green thread waits for may be anywhere, and its hub goes on.
class GreenShared : public ::testing::Test {
 protected:
  void SetUp() override {
    void* at = ::mmap(nullptr, Size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(at, MAP_FAILED);
    words_ = new (at) std::atomic<std::uint32_t>[Size / 4] {};
  }
  void TearDown() override { ::munmap(words_, Size); }

  static constexpr std::size_t Size = 4096;
  std::atomic<std::uint32_t>* words_ = nullptr;
};

TEST_F(GreenShared, DoesNotStopItsHub) {
  int ticks = 0;
  auto waiter = spawn([&] {
    while (words_[0] == 0) wait::InShared::wait(words_[0], 0, {}, {"Test", words_});
    return ticks;
  });
  auto ticker = spawn([&] {
    for (; ticks < 5; ++ticks) sleep(0.001);
  });
  ticker.join();
  EXPECT_FALSE(waiter.ready());
  Thread other([&] {
    words_[0] = 1;
    wait::InShared::wake(words_[0], 1);
  });
  other.start();
  EXPECT_EQ(waiter.get(), 5);
  other.join();
}

TEST_F(GreenShared, ManyWordsAtOnce) {
  constexpr int N = 300;  // more than the kernel takes at once
  std::vector<Greenlet<>> greens;
  for (int i = 0; i < N; ++i) {
    greens.push_back(spawn([this, i] {
      while (words_[i] == 0) wait::InShared::wait(words_[i], 0, {}, {"Test", words_ + i});
    }));
  }
  sleep(0.001);
  Thread other([&] {
    for (int i = 0; i < N; ++i) {
      words_[i] = 1;
      wait::InShared::wake(words_[i], 1);
    }
  });
  other.start();
  EXPECT_EQ(joinall(greens).size(), static_cast<std::size_t>(N));
  other.join();
}

TEST_F(GreenShared, TimesOutAndIsKilled) {
  auto timed = spawn([&] { return wait::InShared::wait(words_[0], 0, Timeout(0.01), {"Test", words_}); });
  EXPECT_EQ(timed.get(), wait::Outcome::TimedOut);
  auto killed = spawn([&] {
    while (wait::InShared::wait(words_[0], 0, {}, {"Test", words_}) != wait::Outcome::Interrupted) {
    }
    wait::in_vain();
  });
  until_waiting(killed);
  EXPECT_TRUE(killed.kill());
}

TEST_F(GreenShared, BesideDescriptors) {
  auto word = spawn([&] {
    while (words_[0] == 0) wait::InShared::wait(words_[0], 0, {}, {"Test", words_});
  });
  auto child = spawn([] { return subprocess::run({"true"}).returncode; });
  EXPECT_EQ(child.get(), 0);
  words_[0] = 1;
  wait::InShared::wake(words_[0], 1);
  EXPECT_TRUE(word.join());
}

TEST(GreenDescriptors, ChildProcessesSideBySide) {
  std::vector<Greenlet<std::string>> greens;
  for (int i = 0; i < 8; ++i) {
    greens.push_back(spawn([i] {
      return subprocess::run({"sh", "-c", "sleep 0.05; echo " + std::to_string(i)}, {.capture_output = true}).stdout;
    }));
  }
  int ticks = 0;
  auto ticker = spawn([&] {
    for (; ticks < 3; ++ticks) sleep(0.005);
  });
  ticker.join();
  for (int i = 0; i < 8; ++i) EXPECT_EQ(greens[static_cast<std::size_t>(i)].get(), std::to_string(i) + "\n");
}

// A join for ever sleeps in the kernel where it can; here it must not.
TEST(GreenThreads, JoiningAnOsThreadDoesNotStopTheHub) {
  Event go;
  Thread thread([&] { go.wait(); });
  thread.start();
  auto joiner = spawn([&] { thread.join(); });
  until_waiting(joiner);
  go.set();
  EXPECT_TRUE(joiner.join());
  auto from_root = spawn([&] { sleep(0.001); });
  Thread other([&] { from_root.join(); });
  other.start();
  other.join();
  EXPECT_TRUE(from_root.dead());
}

TEST(GreenThreads, HubsAreUsedAgain) {
  for (int i = 0; i < 200; ++i) {
    Thread thread([] {
      std::vector<Greenlet<>> greens;
      for (int k = 0; k < 10; ++k) greens.push_back(spawn([] { sleep(0); }));
      joinall(greens);
    });
    thread.start();
    thread.join();
  }
  int hubs = 0;
  for (wait::Hub* hub = wait::Hub::first_of_all(); hub != nullptr; hub = hub->next_of_all) ++hubs;
  EXPECT_LE(hubs, 20);
}

TEST(GreenThreads, ManyAcrossHubs) {
  constexpr int Items = 2000;
  queue::Queue<int> there(16), back(16);
  std::atomic<long> sum{0};
  Thread far([&] {
    std::vector<Greenlet<>> greens;
    for (int i = 0; i < 20; ++i) {
      greens.push_back(spawn([&] {
        for (int item : there) back.put(item);
      }));
    }
    joinall(greens);
    back.shutdown();
  });
  far.start();
  std::vector<Greenlet<>> takers;
  for (int i = 0; i < 20; ++i) {
    takers.push_back(spawn([&] {
      for (int item : back) sum += item;
    }));
  }
  for (int i = 0; i < Items; ++i) there.put(i);
  there.shutdown();
  joinall(takers);
  far.join();
  EXPECT_EQ(sum, long{Items} * (Items - 1) / 2);
}

}  // namespace
}  // namespace weft::test
