// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's executor.py, test_thread_pool.py, test_init.py and test_shutdown.py, and
// what weft promises beyond them.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <functional>
#include <numeric>
#include <random>
#include <ranges>
#include <set>
#include <thread>

#include "concurrent/support.hpp"
#include "contracts/contract.hpp"
#include "contracts/crews.hpp"
#include "support/child.hpp"
#include "weft/cpu_count.hpp"

namespace weft::test {
namespace {

using threading::Event, threading::Semaphore;

int add(int a, int b) { return a + b; }
int same(int x) { return x; }

std::vector<int> upto(int n) {
  std::vector<int> numbers(static_cast<std::size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

template <class Range>
std::vector<int> list(Range range) {
  std::vector<int> all;
  for (int x : range) all.push_back(x);
  return all;
}

class ExecutorTest : public ::testing::Test {
 protected:
  Event event;
  ThreadPoolExecutor executor{5};
};

TEST_F(ExecutorTest, Submit) {
  EXPECT_EQ(executor.submit(add, 2, 8).result(), 10);
  EXPECT_EQ(executor.submit([] { return std::string("text"); }).result(), "text");
  executor.submit([] {}).result();
}

TEST_F(ExecutorTest, SubmitMovesItsArguments) {
  auto box = std::make_unique<int>(7);
  EXPECT_EQ(executor.submit([](std::unique_ptr<int> b) { return *b; }, std::move(box)).result(), 7);
  int counter = 0;
  executor.submit([](int& c) { ++c; }, std::ref(counter)).result();
  EXPECT_EQ(counter, 1);
}

TEST_F(ExecutorTest, Map) {
  std::vector<int> numbers = upto(10), sums;
  for (int i : numbers) sums.push_back(2 * i);
  EXPECT_EQ(list(executor.map(add, numbers, numbers)), sums);
  EXPECT_EQ(list(executor.map(add, numbers, numbers, {.chunksize = 3})), sums);
  EXPECT_EQ(list(executor.map([](int x) { return x; }, numbers, {.buffersize = 1})), numbers);
  EXPECT_EQ(list(executor.map([](int x) { return x; }, upto(0))), std::vector<int>());
  EXPECT_EQ(list(executor.map([](int x) { return x; }, {3, 1, 2}, {.buffersize = 1})), (std::vector<int>{3, 1, 2}));
  EXPECT_EQ(list(executor.map(add, {3, 1, 2}, {4})), std::vector<int>{7});
  EXPECT_TRUE(
      throws<ValueError>([&] { static_cast<void>(executor.map([](int x) { return x; }, numbers, {.chunksize = 0})); },
                         "chunksize must be >= 1."));
}

TEST_F(ExecutorTest, MapTakesNoMoreThanItIsAskedFor) {
  auto results = executor.map(same, upto(5));
  std::vector<int> got;
  for (int x : results | std::views::take(2)) got.push_back(x);
  EXPECT_EQ(got, upto(2));
  EXPECT_EQ(results.next(), 2);
}

TEST_F(ExecutorTest, MapException) {
  auto divided = executor.map(
      [](int a, int b) {
        if (b == 0) throw ValueError("integer division or modulo by zero");
        return a / b;
      },
      std::vector<int>{1, 1, 1, 1}, std::vector<int>{2, 3, 0, 5});
  EXPECT_EQ(divided.next(), 0);
  EXPECT_EQ(divided.next(), 0);
  EXPECT_THROW(divided.next(), ValueError);
  EXPECT_EQ(divided.next(), std::nullopt);
}

TEST_F(ExecutorTest, MapTimeout) {
  std::vector<int> results;
  EXPECT_THROW(
      {
        for (int x : executor.map(
                 [&](int wait) {
                   if (wait != 0) event.wait();
                   return wait;
                 },
                 std::vector<int>{0, 0, 1}, {.timeout = 0.05})) {
          results.push_back(x);
        }
      },
      TimeoutError);
  EXPECT_EQ(results, (std::vector<int>{0, 0}));
  event.set();
}

// The timeout of a next() ends that call; the map's, and either stop token, both count.
TEST_F(ExecutorTest, NextHasATimeoutOfItsOwn) {
  auto wait_for_it = [&](int x) {
    event.wait();
    return x;
  };
  auto results = executor.map(wait_for_it, upto(2));
  EXPECT_THROW(results.next(0.01), TimeoutError);
  std::stop_source stop, never;
  stop.request_stop();
  EXPECT_THROW(results.next(stop.get_token()), TimeoutError);
  auto stopped = executor.map(wait_for_it, upto(2), {.timeout = stop.get_token()});
  EXPECT_THROW(stopped.next(never.get_token()), TimeoutError);
  EXPECT_EQ(stopped.next(), std::nullopt);
  auto late = executor.map(wait_for_it, upto(2), {.timeout = 0.01});
  EXPECT_THROW(late.next(never.get_token()), TimeoutError);
  EXPECT_EQ(late.next(), std::nullopt);
  event.set();
  EXPECT_EQ(list(std::move(results)), (std::vector<int>{0, 1}));
}

// Lazy: a few items for each worker are read, and no more.
TEST_F(ExecutorTest, MapOfEndlessItems) {
  std::atomic<int> read{0};
  auto endless = std::views::iota(0) | std::views::transform([&](int i) {
                   ++read;
                   return i;
                 });
  auto squares = executor.map([](int x) { return x * 2; }, endless, {.buffersize = 3});
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(squares.next(), 2 * i);
  EXPECT_LE(read, 1004);
}

TEST_F(ExecutorTest, MapUnordered) {
  // The first is held back until all others have come.
  std::vector<int> order;
  auto held_back = [&](int i) {
    if (i == 0) event.wait();
    return i;
  };
  for (int x : executor.map(held_back, upto(10), {.buffersize = 10, .ordered = false})) {
    order.push_back(x);
    if (order.size() == 9) event.set();
  }
  EXPECT_EQ(order.back(), 0);
  std::ranges::sort(order);
  EXPECT_EQ(order, upto(10));
}

TEST_F(ExecutorTest, MapWhoseItemsThrow) {
  auto some = std::views::iota(0) | std::views::transform([](int i) {
                if (i == 3) throw ValueError("no more");
                return i;
              });
  auto mapped = executor.map([](int x) { return x; }, some);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(mapped.next(), i);
  EXPECT_TRUE(throws<ValueError>([&] { mapped.next(); }, "no more"));
  EXPECT_EQ(mapped.next(), std::nullopt);
}

TEST_F(ExecutorTest, MapOfNothingReturned) {
  std::atomic<int> sum{0};
  int count = 0;
  for ([[maybe_unused]] auto& nothing : executor.map([&](int x) { sum += x; }, upto(10))) ++count;
  EXPECT_EQ(count, 10);
  EXPECT_EQ(sum, 45);
}

TEST_F(ExecutorTest, MapSubmitsWithoutIteration) {
  Notes finished;
  auto mapped = executor.map([&](int n) { finished.add(n); }, upto(10));
  executor.shutdown();
  EXPECT_EQ(finished.sorted(), upto(10));
}

TEST_F(ExecutorTest, NoStaleReferences) {
  auto object = std::make_shared<int>(1);
  std::weak_ptr<int> seen = object;
  Future<void> kept = executor.submit([o = std::move(object)] {});
  kept.wait();
  EXPECT_TRUE(seen.expired());
}

TEST_F(ExecutorTest, FreeReference) {
  std::weak_ptr<int> seen;
  for (auto& object : executor.map([](int i) { return std::make_shared<int>(i); }, upto(10))) {
    EXPECT_TRUE(seen.expired());
    seen = object;
  }
}

TEST(ThreadPoolExecutorTest, MaxWorkersNegative) {
  for (int workers : {0, -1}) {
    EXPECT_TRUE(
        throws<ValueError>([&] { ThreadPoolExecutor executor(workers); }, "max_workers must be greater than 0"));
  }
}

TEST(ThreadPoolExecutorTest, DefaultWorkers) {
  ThreadPoolExecutor executor;
  EXPECT_EQ(executor.max_workers(), std::min(32, cpu_count() + 4));
}

TEST(ThreadPoolExecutorTest, Saturation) {
  Semaphore semaphore(0);
  ThreadPoolExecutor executor(4);
  for (int i = 0; i < 60; ++i) executor.submit([&] { semaphore.acquire(); });
  EXPECT_TRUE(wait_until([&] { return waiters(&semaphore) == 4; }));
  EXPECT_EQ(executor.threads().size(), 4u);
  semaphore.release(60);
  executor.shutdown();
}

// More tasks that wait than there are cores: all of them are begun all the same.
TEST(ThreadPoolExecutorTest, AHundredThatWait) {
  Event event;
  ThreadPoolExecutor executor(100);
  for (int i = 0; i < 100; ++i) executor.submit([&] { event.wait(); });
  EXPECT_TRUE(wait_until([&] { return waiters(&event) == 100; }));
  event.set();
}

// They are over before anybody could see one of them wait, and yet all workers come.
TEST(ThreadPoolExecutorTest, TasksThatWaitForAMoment) {
  test::limit(60);
  constexpr int Workers = 10;
  ::setenv("WEFT_CPU_COUNT", "2", 1);
  ThreadPoolExecutor executor(Workers);
  ::unsetenv("WEFT_CPU_COUNT");
  std::atomic<int> under_way{0}, most{0};
  while (most < Workers) {
    std::vector<Future<void>> futures;
    for (int i = 0; i < 200; ++i) {
      futures.push_back(executor.submit([&] {
        int here = ++under_way;
        for (int before = most; before < here && !most.compare_exchange_weak(before, here);) {
        }
        ::usleep(20);
        --under_way;
      }));
    }
    for (Future<void>& future : futures) future.result();
  }
}

TEST(ThreadPoolExecutorTest, IdleThreadReuse) {
  ThreadPoolExecutor executor;
  auto idle = [] {
    std::vector<wait::Sight> all = wait::everybody();
    return std::count_if(all.begin(), all.end(), [](const wait::Sight& sight) { return sight.kind == "task"; });
  };
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(executor.submit(add, 1, 2).result(), 3);
    EXPECT_TRUE(wait_until([&] { return idle() == 1; }));
  }
  EXPECT_EQ(executor.threads().size(), 1u);
}

// Nothing that a map has not begun is begun when the map goes.
TEST(ThreadPoolExecutorTest, MapCurrentFutureCancel) {
  Event stop;
  Notes log;
  ThreadPoolExecutor executor(1);
  auto wait_and_note = [&](int n) {
    log.add(n);
    stop.wait();
  };
  Future<void> first = executor.submit(wait_and_note, 1);
  {
    auto mapped = executor.map(wait_and_note, std::vector<int>{2, 3}, {.timeout = 0});
    EXPECT_THROW(mapped.next(), TimeoutError);
  }
  stop.set();
  executor.shutdown();
  EXPECT_EQ(log.values(), std::vector<int>{1});
}

TEST(ThreadPoolExecutorTest, ForkInATask) {
  ThreadPoolExecutor executor(1);
  EXPECT_EQ(executor.submit([] { return in_child([] { return 7; }); }).result(), 7);
}

TEST(ThreadPoolExecutorTest, TheChildOfAForkStartsAnew) {
  ThreadPoolExecutor executor(2);
  Event event;
  Future<int> of_the_parent = executor.submit([&] {
    event.wait();
    return 1;
  });
  EXPECT_EQ(executor.submit(add, 1, 2).result(), 3);
  EXPECT_EQ(in_child([&] {
              if (executor.submit(add, 20, 22).result() != 42) return 1;
              try {
                of_the_parent.result();
              } catch (const BrokenExecutor&) {
                return 0;
              }
              return 2;
            }),
            0);
  event.set();
  EXPECT_EQ(of_the_parent.result(), 1);
}

TEST(InitializerTest, RunsInEachThread) {
  static thread_local int status = 0;
  ThreadPoolExecutor executor({.max_workers = 2, .initializer = [] { status = 7; }});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(executor.submit([] { return status; }).result(), 7);
}

TEST(InitializerTest, Fails) {
  Unheard unheard;
  Event go;
  ThreadPoolExecutor executor({.max_workers = 2, .initializer = [&] {
                                 go.wait();
                                 throw ValueError("error in initializer");
                               }});
  std::vector<Future<int>> futures;
  for (int i = 0; i < 5; ++i) futures.push_back(executor.submit(add, 1, 2));
  go.set();
  for (auto& future : futures) {
    EXPECT_TRUE(throws<BrokenThreadPool>([&] { future.result(); },
                                         "A thread initializer failed, the thread pool is not usable anymore"));
  }
  EXPECT_THROW(executor.submit(add, 1, 2), BrokenExecutor);
  ASSERT_FALSE(unheard.all().empty());
  EXPECT_EQ(unheard.all()[0], "Exception in initializer: error in initializer");
}

TEST_F(ExecutorTest, RunAfterShutdown) {
  executor.shutdown();
  EXPECT_TRUE(throws<RuntimeError>([&] { executor.submit(add, 2, 5); }, "cannot schedule new futures after shutdown"));
  executor.shutdown();
}

TEST_F(ExecutorTest, WhatWasSubmittedIsDone) {  // test_hang_issue12364
  std::vector<Future<int>> futures;
  for (int i = 0; i < 50; ++i) futures.push_back(executor.submit(add, i, 1));
  executor.shutdown();
  for (auto& future : futures) EXPECT_TRUE(future.done());
}

TEST_F(ExecutorTest, CancelFutures) {
  std::atomic<int> begun{0};
  std::vector<Future<void>> futures;
  for (int i = 0; i < 50; ++i) {
    futures.push_back(executor.submit([&] {
      ++begun;
      event.wait();
    }));
  }
  ASSERT_TRUE(wait_until([&] { return begun == 5; }));
  executor.shutdown({.wait = false, .cancel_futures = true});
  EXPECT_EQ(std::ranges::count_if(futures, [](auto& f) { return f.cancelled(); }), 45);
  event.set();
  executor.shutdown();
  for (auto& future : futures) EXPECT_TRUE(future.done());
}

TEST_F(ExecutorTest, CancelledRightBeforeShutdown) {  // test_hang_gh94440
  ThreadPoolExecutor one(1);
  one.submit([] {}).result();
  one.submit([] {}).cancel();
  one.shutdown();
}

TEST_F(ExecutorTest, ThreadsTerminate) {
  Semaphore semaphore(0);
  for (int i = 0; i < 3; ++i) executor.submit([&] { semaphore.acquire(); });
  ASSERT_TRUE(wait_until([&] { return waiters(&semaphore) == 3; }));
  std::vector<threading::Thread> threads = executor.threads();
  EXPECT_GE(threads.size(), 3u);
  semaphore.release(3);
  executor.shutdown();
  for (auto& thread : threads) EXPECT_FALSE(thread.is_alive());
}

TEST(ThreadPoolShutdownTest, ShutdownNoWait) {
  std::vector<threading::Thread> threads;
  std::optional<ThreadPoolExecutor> executor(std::in_place, 5);
  auto mapped = executor->map([](int x) { return x; }, upto(10));
  threads = executor->threads();
  executor->shutdown({.wait = false});
  executor.reset();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(list(std::move(mapped)), upto(10));
}

TEST(ThreadPoolShutdownTest, ThreadNames) {
  ThreadPoolExecutor special({.max_workers = 5, .thread_name_prefix = "SpecialPool"}), plain(5);
  for (auto* executor : {&special, &plain}) {
    static_cast<void>(list(executor->map([](int x) { return x; }, upto(10))));
    const char* wanted = executor == &special ? "SpecialPool_[0-4]" : "ThreadPoolExecutor-[0-9]+_[0-4]";
    ASSERT_FALSE(executor->threads().empty());
    for (auto& thread : executor->threads()) EXPECT_TRUE(matches(thread.name(), wanted)) << thread.name();
  }
}

TEST(ThreadPoolShutdownTest, ShutdownInATask) {
  ThreadPoolExecutor executor(1);
  EXPECT_THROW(executor.submit([&] { executor.shutdown(); }).result(), RuntimeError);
}

// A task waits for another of the same pool, which waits for another, and so on.
struct Nest {
  ThreadPoolExecutor& executor;
  int operator()(int depth) const { return depth == 0 ? 0 : executor.submit(*this, depth - 1).result() + 1; }
};

TEST(NestedTest, AThousandDeepOnOneWorker) {
  ThreadPoolExecutor executor(1);
  EXPECT_EQ(executor.submit(Nest{executor}, 1000).result(), 1000);
}

TEST(NestedTest, AThousandDeepOnTwoWorkers) {
  ThreadPoolExecutor executor(2);
  EXPECT_EQ(executor.submit(Nest{executor}, 1000).result(), 1000);
}

TEST(NestedTest, EveryWayToWaitOnOneWorker) {
  ThreadPoolExecutor executor(1);
  EXPECT_EQ(executor
                .submit([&] {
                  std::vector<Future<int>> futures;
                  for (int i = 0; i < 10; ++i) futures.push_back(executor.submit(add, i, 0));
                  EXPECT_EQ(futures::wait(futures).done.size(), 10u);
                  int sum = 0;
                  for (auto& future : as_completed(futures)) sum += future.result();
                  for (int x : executor.map([](int y) { return y; }, upto(10))) sum += x;
                  for (int x : executor.map([](int y) { return y; }, upto(10), {.ordered = false})) sum += x;
                  for (int i = 0; i < 10; ++i)
                    futures[0] = executor.submit(add, i, 0), sum += futures[0].exception() == nullptr;
                  TaskGroup group(executor);
                  Future<int> one = group.submit(add, 1, 2);
                  group.join();
                  return sum + one.result();
                })
                .result(),
            45 * 3 + 10 + 3);
}

// Whoever waits and holds a lock does not run something else that wants it.
TEST(NestedTest, AWaiterThatHoldsALock) {
  ThreadPoolExecutor executor(2);
  threading::Lock lock;
  std::vector<Future<int>> futures;
  for (int i = 0; i < rounds(2000, 100000); ++i) {
    futures.push_back(executor.submit([&] {
      std::scoped_lock held(lock);
      return executor.submit(add, 1, 1).result();
    }));
  }
  for (auto& future : futures) ASSERT_EQ(future.result(), 2);
}

TEST(NestedTest, AWaitWithATimeoutDoesNotRunIt) {
  ThreadPoolExecutor executor(1);
  executor
      .submit([&] {
        Future<int> queued = executor.submit(add, 1, 1);
        EXPECT_THROW(queued.result(0), TimeoutError);
        EXPECT_THROW(queued.result(0.001), TimeoutError);
        EXPECT_FALSE(queued.done());
        EXPECT_EQ(queued.result(), 2);
      })
      .result();
}

long fib(int n) {
  if (n < 2) return n;
  auto [a, b] = join([&] { return fib(n - 1); }, [&] { return fib(n - 2); });
  return a + b;
}

TEST(JoinTest, Fib) {
  EXPECT_EQ(fib(15), 610);  // outside of a pool: one after the other
  for (int workers : {1, 2, 5}) {
    ThreadPoolExecutor executor(workers);
    EXPECT_EQ(executor.submit(fib, 24).result(), 46368);
  }
}

// A task that outlives the shutdown and forks all the time finds nobody to call; the
// workers that have left are not begun anew for each fork.
TEST(JoinTest, NoThreadIsBegunForForksOnceItIsShutDown) {
  std::atomic<int> begun{0};
  Event closed;
  ThreadPoolExecutor executor({.max_workers = 2, .initializer = [&] { ++begun; }});
  auto part = [] {
    volatile int sum = 0;
    for (int i = 0; i < 20'000; ++i) sum = sum + i;
  };
  Future<void> forks = executor.submit([&] {
    closed.wait();
    for (int i = 0; i < 300; ++i) {
      join(part, part);
      part();
    }
  });
  executor.shutdown({.wait = false});
  closed.set();
  forks.result();
  EXPECT_LE(begun, 2);
}

TEST(JoinTest, WhatTheyReturn) {
  ThreadPoolExecutor executor(2);
  executor
      .submit([] {
        auto [text, box] = join([] { return std::string("a"); }, [] { return std::make_unique<int>(3); });
        EXPECT_EQ(text, "a");
        EXPECT_EQ(*box, 3);
        bool first = false, second = false;
        join([&] { first = true; }, [&] { second = true; });
        EXPECT_TRUE(first && second);
      })
      .result();
}

// Deeper than the stack of forks has room.
long deep(int n) {
  if (n == 0) return 1;
  auto [a, b] = join([&] { return deep(n - 1); }, [] { return 1L; });
  return a + b;
}

TEST(JoinTest, ADeepOne) {
  ThreadPoolExecutor executor(2);
  EXPECT_EQ(executor.submit(deep, 5000).result(), 5001);
}

TEST(JoinTest, Exceptions) {
  ThreadPoolExecutor executor(2);
  for (int round = 0; round < rounds(500, 50000); ++round) {
    executor
        .submit([&] {
          std::atomic<int> ended{0};
          auto fails = [&] {
            ++ended;
            throw ValueError("first");
          };
          auto fails_too = [&] {
            fib(5);
            ++ended;
            throw RuntimeError("second");
          };
          auto works = [&] {
            fib(5);
            ++ended;
          };
          EXPECT_TRUE(throws<ValueError>([&] { join(fails, fails_too); }, "first"));
          EXPECT_TRUE(throws<RuntimeError>([&] { join(works, fails_too); }, "second"));
          EXPECT_TRUE(throws<ValueError>([&] { join(fails, works); }, "first"));
          // What was not begun when f threw may stay so; what was has ended.
        })
        .result();
  }
}

// Tasks that wait for one another, more than there are cores: also if the pool is closed at once.
TEST_F(ExecutorTest, AllMeetInAPoolThatIsClosing) {
  constexpr int Many = 12;
  for (int round = 0; round < rounds(10, 500); ++round) {
    threading::Barrier meet(Many);
    std::vector<Future<int>> futures;
    {
      ThreadPoolExecutor closing(Many);
      for (int i = 0; i < Many; ++i) futures.push_back(closing.submit([&] { return meet.wait(); }));
    }
    int sum = 0;
    for (Future<int>& future : futures) sum += future.result();
    EXPECT_EQ(sum, Many * (Many - 1) / 2);
  }
}

// Who waits in a join may hold a lock: a stranger's half on top of that might want it.
TEST(JoinTest, WhoWaitsHelpsWithItsOwnHalvesOnly) {
  static thread_local int whose = 0;  // what runs on this thread's stack
  std::atomic<int> strangers{0};
  ThreadPoolExecutor executor(4);
  std::function<void(int, int)> split = [&](int mine, int depth) {
    if (whose != 0 && whose != mine) ++strangers;
    const int before = std::exchange(whose, mine);
    if (depth != 0) {
      join([&] { split(mine, depth - 1); }, [&] { split(mine, depth - 1); });
    } else {
      std::this_thread::yield();  // so that halves are stolen
    }
    whose = before;
  };
  std::vector<Future<void>> tasks;
  for (int i = 1; i <= rounds(5'000, 500'000); ++i) tasks.push_back(executor.submit(split, i, 2));
  for (Future<void>& task : tasks) task.result();
  EXPECT_EQ(strangers, 0);
}

// Nobody is free when the halves are forked, so those forked last are kept back for who forked them; and
// who is free later gets one all the same, whatever its owner is at, also when the pool is closing.
TEST(JoinTest, WhoIsFreeLaterFindsWhatWasForkedBefore) {
  constexpr int Halves = 10;
  auto until = [](auto so) {
    while (!so()) std::this_thread::yield();
  };
  for (int round = 0; round < rounds(10, 500); ++round) {
    std::atomic<int> busy{0}, begun{0};
    std::atomic<bool> forked{false};
    auto all_begun = [&] { return begun == Halves; };
    std::function<void(int)> fork = [&](int halves) {
      if (halves == 0) {
        forked = true;
        return until(all_begun);
      }
      join([&] { fork(halves - 1); },
           [&] {
             ++begun;
             until(all_begun);
           });
    };
    ThreadPoolExecutor executor(Halves + 1);
    Future<void> owner = executor.submit([&] {
      until([&] { return busy == Halves; });
      fork(Halves);
    });
    for (int i = 0; i < Halves; ++i) {
      executor.submit([&] {
        ++busy;
        until([&] { return forked.load(); });
      });
    }
    if (round % 2 == 0) executor.shutdown({.wait = false});
    owner.result();
  }
}

// Whoever waits for a half helps with what was forked in it.
TEST(JoinTest, WhoWaitsFindsWhatWasForkedBefore) {
  auto until = [](const std::atomic<bool>& so) {
    while (!so) std::this_thread::yield();
  };
  ThreadPoolExecutor executor(2);
  for (int round = 0; round < rounds(20, 2000); ++round) {
    std::atomic<bool> busy{false}, forked{false}, taken{false}, last{false};
    std::function<void(int)> fork = [&](int halves) {
      if (halves == 0) return until(last);
      join([&] { fork(halves - 1); }, [&] { last = halves == 1; });
    };
    Future<void> other = executor.submit([&] {
      busy = true;
      until(forked);
    });
    executor
        .submit([&] {
          until(busy);
          join(
              [&] {
                forked = true;
                until(taken);
              },
              [&] {
                taken = true;
                fork(10);
              });
        })
        .result();
    other.result();
  }
}

TEST(JoinTest, SubmitsBetweenTheHalves) {
  ThreadPoolExecutor executor(2);
  EXPECT_EQ(executor
                .submit([&] {
                  std::vector<Future<int>> futures;
                  auto [a, b] = join(
                      [&] {
                        for (int i = 0; i < 300; ++i) futures.push_back(executor.submit(add, i, 0));
                        return fib(10);
                      },
                      [&] { return fib(11); });
                  long sum = a + b;
                  for (auto& future : futures) sum += future.result();
                  return sum;
                })
                .result(),
            55 + 89 + 299 * 300 / 2);
}

// Who waits for what is made of tasks of his own pool runs those that nobody has begun.
TEST(NestedTest, WaitsForWhatIsMadeOfTasks) {
  ThreadPoolExecutor executor(1);
  auto one = [&] { return executor.submit([] { return 1; }); };
  auto more = [](int x) { return x + 1; };
  auto in_a_task = [&](auto wait) { return executor.submit(wait).result(); };
  EXPECT_EQ(in_a_task([&] { return one().then(more).result(); }), 2);
  EXPECT_EQ(in_a_task([&] { return all({one(), one().then(more)}).result(); }), (std::vector<int>{1, 2}));
  EXPECT_EQ(in_a_task([&] { return any({one().then(more), one().then(more)}).result(); }), 2);
  EXPECT_EQ(in_a_task([&] { return futures::wait({one().then(more), one()}).done.size(); }), 2u);
  EXPECT_EQ(in_a_task([&] {
              int sum = 0;
              std::vector<Future<int>> futures{one().then(more), one()};
              for (auto& future : as_completed(futures)) sum += future.result();
              return sum;
            }),
            3);
}

TEST(NestedTest, WaitsForALongChain) {
  ThreadPoolExecutor executor(1);
  constexpr int Long = 100'000;
  EXPECT_EQ(executor
                .submit([&] {
                  Future<int> last = executor.submit([] { return 0; });
                  for (int i = 0; i < Long; ++i) last = last.then([](int x) { return x + 1; });
                  return last.result();
                })
                .result(),
            Long);
}

// Each is made of the one before, twice.
TEST(NestedTest, WaitsForWhatIsMadeOfTheSameAgainAndAgain) {
  ThreadPoolExecutor executor(2);
  Event go;
  auto first = executor.submit([&] { go.wait(); });
  auto waits = executor.submit([&] {
    Future<void> last = all({first});
    for (int i = 0; i < 60; ++i) last = all({last, last});
    last.result();
  });
  ASSERT_TRUE(wait_until([&] { return waits.running() && waiters(&go) == 1; }));
  go.set();
  waits.result();
}

TEST(TaskOptionsTest, Priorities) {
  Event go;
  Notes order;
  ThreadPoolExecutor executor(1);
  std::vector<Future<void>> futures;
  Future<void> first = executor.submit([&] { go.wait(); });
  ASSERT_TRUE(wait_until([&] { return waiters(&go) == 1; }));
  for (int priority : {0, -1, 2, 1, 0, 2}) {
    futures.push_back(executor.submit([&, priority] { order.add(priority + 10); }, {.priority = priority}));
  }
  go.set();
  futures::wait(futures);
  EXPECT_EQ(order.values(), (std::vector<int>{12, 12, 11, 10, 10, 9}));
}

TEST(TaskOptionsTest, ADeadlineAsksATaskToStop) {
  ThreadPoolExecutor executor(2);
  Event never;
  auto until_stopped = [&](std::stop_token stop) { return never.wait(stop); };
  EXPECT_FALSE(executor.submit(until_stopped, {.deadline = 0.02}).result());
  // One that ends in time leaves nothing behind.
  EXPECT_EQ(executor.submit([](std::stop_token) { return 1; }, {.deadline = 3600}).result(), 1);
}

TEST(TaskOptionsTest, NotBegunByTheDeadline) {
  ThreadPoolExecutor executor(1);
  Event go;
  Future<void> first = executor.submit([&] { go.wait(); });
  bool ran = false;
  Future<void> late = executor.submit([&](int) { ran = true; }, std::tuple(1), {.deadline = 0});
  go.set();
  EXPECT_THROW(late.result(), TimeoutError);
  EXPECT_FALSE(ran);
}

TEST(ResizeTest, MoreAndFewer) {
  Event event;
  ThreadPoolExecutor executor(1);
  executor.submit([&] { event.wait(); });
  executor.submit([&] { event.wait(); });
  ASSERT_TRUE(wait_until([&] { return waiters(&event) == 1; }));
  executor.resize(3);
  EXPECT_TRUE(wait_until([&] { return waiters(&event) == 2; }));
  executor.submit([&] { event.wait(); });
  EXPECT_TRUE(wait_until([&] { return waiters(&event) == 3; }));
  executor.resize(1);
  EXPECT_EQ(executor.max_workers(), 1);
  event.set();
  EXPECT_TRUE(wait_until([&] { return executor.threads().size() <= 1; }));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(executor.submit(add, i, 1).result(), i + 1);
  EXPECT_TRUE(throws<ValueError>([&] { executor.resize(0); }, "max_workers must be greater than 0"));
}

TEST(ResizeTest, WhileItRuns) {
  ThreadPoolExecutor executor(2);
  std::mt19937 random(static_cast<unsigned>(seed()));
  std::atomic<int> done{0};
  for (int round = 0; round < rounds(200, 20000); ++round) {
    for (int i = 0; i < 20; ++i) executor.submit([&] { ++done; });
    executor.resize(static_cast<int>(random() % 6) + 1);
  }
  executor.shutdown();
  EXPECT_EQ(done, rounds(200, 20000) * 20);
}

// Exceptions from everywhere where a user's code runs.

struct ThrowsWhenMoved {
  ThrowsWhenMoved() = default;
  ThrowsWhenMoved(const ThrowsWhenMoved&) { throw ValueError("copied"); }
  ThrowsWhenMoved(ThrowsWhenMoved&&) { throw ValueError("moved"); }
};

TEST(ExceptionsTest, ArgumentThatThrowsWhenMoved) {
  ThreadPoolExecutor executor(1);
  EXPECT_TRUE(throws<ValueError>([&] { executor.submit([](const ThrowsWhenMoved&) {}, ThrowsWhenMoved()); }, "moved"));
  EXPECT_EQ(executor.submit(add, 1, 1).result(), 2);
}

struct Sticky {  // its move throws once it is in a task
  explicit Sticky(bool now) : armed(now) {}
  Sticky(Sticky&& other) : armed(other.armed) {
    if (armed) throw ValueError("stuck");
  }
  bool armed;
};

TEST(ExceptionsTest, ResultThatThrowsWhenItIsStored) {
  ThreadPoolExecutor executor(1);
  static Sticky sticky(false);
  Future<Sticky> future = executor.submit([]() -> Sticky&& {
    sticky.armed = true;
    return std::move(sticky);
  });
  EXPECT_TRUE(throws<ValueError>([&] { future.result(); }, "stuck"));
}

TEST(ExceptionsTest, ResultWhoseDestructorUsesThePool) {
  ThreadPoolExecutor executor(1);
  std::atomic<int> done{0};
  struct Submits {
    ThreadPoolExecutor* executor;
    std::atomic<int>* done;
    Submits(ThreadPoolExecutor* e, std::atomic<int>* d) : executor(e), done(d) {}
    Submits(Submits&& o) noexcept : executor(std::exchange(o.executor, nullptr)), done(o.done) {}
    ~Submits() {
      if (executor != nullptr) executor->submit([d = done] { ++*d; });
    }
  };
  for (int i = 0; i < 100; ++i) executor.submit([&] { return Submits(&executor, &done); });
  EXPECT_TRUE(wait_until([&] { return done == 100; }));
}

TEST(ExceptionsTest, CallbackThatThrows) {
  Unheard unheard;
  ThreadPoolExecutor executor(1);
  Event go;
  Future<int> future = executor.submit([&] {
    go.wait();
    return 1;
  });
  future.add_done_callback([] { throw ValueError("in a callback"); });
  go.set();
  executor.shutdown();
  EXPECT_EQ(unheard.all().size(), 1u);
}

TEST(ExceptionsTest, UnreadFailureOfATask) {
  Unheard unheard;
  ThreadPoolExecutor executor(1);
  executor.submit([] { throw ValueError("unread"); });
  executor.shutdown();
  EXPECT_EQ(unheard.all(), std::vector<std::string>{"future that nobody read: unread"});
}

// Submitting, cancelling, shutting down and dropping, in any order and from
// several threads: each task is completed once, and is run or cancelled.
TEST(ShutdownRaces, EveryTaskIsCompletedOnce) {
  limit(300);
  std::mt19937_64 random(seed());
  for (int round = 0; round < rounds(3000, 100'000); ++round) {
    const std::uint64_t choice = random();
    std::atomic<int> ran{0}, told{0};
    std::atomic<int> submitted{0}, cancelled{0}, refused{0};
    {
      std::optional<ThreadPoolExecutor> executor(std::in_place, static_cast<int>(choice % 3) + 1);
      auto submit = [&](std::uint64_t how) {
        for (int i = 0; i < 10; ++i, how /= 4) {
          try {
            Future<void> future = executor->submit([&ran] { ++ran; });
            ++submitted;
            future.add_done_callback([&told] { ++told; });
            if (how % 4 == 0 && future.cancel()) ++cancelled;
            if (how % 4 == 1) future.wait();
            if (how % 4 == 2) future.wait(0);
          } catch (const RuntimeError&) {
            ++refused;
          }
        }
      };
      Bunch<OsThreads> others(2, [&](int i) { submit(choice >> (8 * i)); });
      if (choice & 1 << 20) submit(choice >> 30);
      if (choice & 1 << 21) {
        executor->shutdown({.wait = (choice & 1 << 22) != 0, .cancel_futures = (choice & 1 << 23) != 0});
      }
      others.join();
      if (choice & 1 << 24) executor->shutdown({.wait = true, .cancel_futures = (choice & 1 << 25) != 0});
      if (choice & 1 << 26) executor->shutdown({.wait = false});
      executor->shutdown();
    }
    ASSERT_EQ(told, submitted) << "round " << round;
    ASSERT_LE(ran + cancelled, submitted);
    ASSERT_GE(ran, 0);
  }
}

class TaskGroupTest : public ::testing::Test {
 protected:
  Event event;
  std::stop_source from_outside;
  ThreadPoolExecutor executor{2};
};

TEST_F(TaskGroupTest, EndsWithAllOfIt) {
  std::atomic<int> done{0};
  {
    TaskGroup group(executor);
    for (int i = 0; i < 100; ++i) group.submit([&] { ++done; });
    Future<int> sum = group.submit(add, 1, 2);
    group.join();
    EXPECT_EQ(sum.result(), 3);
    EXPECT_EQ(done, 100);
    group.submit([&] { ++done; });
  }
  EXPECT_EQ(done, 101);
}

TEST_F(TaskGroupTest, OneFailureCancelsTheOthers) {
  TaskGroup group(executor);
  Event running;
  Future<bool> waits = group.submit([&](std::stop_token stop) {
    running.set();
    return event.wait(stop);
  });
  group.submit([&] {
    running.wait();
    throw ValueError("one fails");
  });
  std::vector<Future<void>> queued;
  for (int i = 0; i < 10; ++i) queued.push_back(group.submit([&](std::stop_token stop) { event.wait(stop); }));
  EXPECT_TRUE(throws<ValueError>([&] { group.join(); }, "one fails"));
  EXPECT_FALSE(waits.result());
  EXPECT_TRUE(group.submit(add, 1, 1).cancelled());
}

TEST_F(TaskGroupTest, AnExceptionThroughTheScopeCancels) {
  Future<bool> waits;
  EXPECT_THROW(
      {
        TaskGroup group(executor);
        waits = group.submit([&](std::stop_token stop) { return event.wait(stop); });
        throw ValueError("through");
      },
      ValueError);
  EXPECT_TRUE(waits.done());
}

TEST_F(TaskGroupTest, ADeadline) {
  TaskGroup group(executor, {.deadline = 0.02});
  group.submit([&](std::stop_token stop) { event.wait(stop); });
  EXPECT_THROW(group.join(), TimeoutError);
}

TEST_F(TaskGroupTest, DeadlinesNest) {
  Future<void> inner;
  TaskGroup outer(executor, {.deadline = 0.02});
  outer.submit([&] {
    TaskGroup group(executor, {.deadline = 3600});
    group.submit([&](std::stop_token stop) { event.wait(stop); });
    group.join();
  });
  EXPECT_THROW(outer.join(), TimeoutError);
}

TEST_F(TaskGroupTest, AnOuterFailureEndsTheInner) {
  Event running;
  TaskGroup outer(executor);
  outer.submit([&] {
    TaskGroup group(executor);
    group.submit([&](std::stop_token stop) {
      running.set();
      event.wait(stop);
    });
    group.join();
  });
  ASSERT_TRUE(wait_until([&] { return running.is_set(); }));
  outer.cancel();
  outer.join();
}

TEST_F(TaskGroupTest, AStopTokenEndsIt) {
  TaskGroup group(executor, {.deadline = from_outside.get_token()});
  Future<bool> waits = group.submit([&](std::stop_token token) { return event.wait(token); });
  ASSERT_TRUE(wait_until([&] { return waits.running(); }));
  from_outside.request_stop();
  group.join();
  EXPECT_FALSE(waits.result());
}

TEST_F(TaskGroupTest, SubmitsToItself) {
  TaskGroup group(executor);
  std::atomic<int> done{0};
  std::function<void(int)> split = [&](int n) {
    ++done;
    if (n == 0) return;
    group.submit(split, n - 1);
    group.submit(split, n - 1);
  };
  group.submit(split, 8);
  group.join();
  EXPECT_EQ(done, 511);
}

TEST_F(TaskGroupTest, IsNotJoinedFromWithinAnother) {
  TaskGroup group(executor);
  group.submit([&] {
    TaskGroup inner(executor);
    inner.submit([&] { group.join(); });
    inner.join();
  });
  EXPECT_TRUE(throws<RuntimeError>([&] { group.join(); }, "cannot join a TaskGroup in one of its own tasks"));
}

TEST_F(TaskGroupTest, PrioritiesOfTasks) {
  ThreadPoolExecutor one(1);
  Event go;
  Notes order;
  TaskGroup group(one);
  group.submit([&] { go.wait(); });
  ASSERT_TRUE(wait_until([&] { return waiters(&go) == 1; }));
  for (int priority : {0, 2, 1})
    group.submit([&](int i) { order.add(i); }, std::tuple(priority), {.priority = priority});
  go.set();
  group.join();
  EXPECT_EQ(order.values(), (std::vector<int>{2, 1, 0}));
}

TEST_F(TaskGroupTest, ADeadlineOfOneTask) {
  TaskGroup group(executor);
  // It is asked to stop, and what it makes of that is its own affair.
  Future<bool> late = group.submit([&](std::stop_token stop) { return event.wait(stop); }, {.deadline = 0.02});
  EXPECT_FALSE(late.result());
  EXPECT_FALSE(group.stop_token().stop_requested());
  // One with a deadline ends with the group, too, long before.
  Future<bool> waits = group.submit([&](std::stop_token stop) { return event.wait(stop); }, {.deadline = 3600});
  ASSERT_TRUE(wait_until([&] { return waits.running(); }));
  group.cancel();
  group.join();
  EXPECT_FALSE(waits.result());
}

TEST_F(TaskGroupTest, ATaskThatIsTooLateToBeginFailsTheGroup) {
  TaskGroup group(executor);
  Future<bool> waits = group.submit([&](std::stop_token stop) { return event.wait(stop); });
  Future<void> late = group.submit([] {}, {.deadline = 0});
  EXPECT_THROW(group.join(), TimeoutError);
  EXPECT_THROW(late.result(), TimeoutError);
  EXPECT_TRUE(waits.cancelled() || !waits.result());
}

// As asyncio's group goes on if one of its tasks is cancelled.
TEST_F(TaskGroupTest, ATaskThatIsStoppedBeforeItBeginsIsLeftOut) {
  TaskGroup group(executor);
  from_outside.request_stop();
  Future<void> stopped = group.submit([] {}, {.deadline = from_outside.get_token()});
  Future<int> sum = group.submit(add, 1, 2);
  group.join();
  EXPECT_THROW(stopped.result(), CancelledError);
  EXPECT_EQ(sum.result(), 3);
}

TEST_F(TaskGroupTest, WhatNobodyJoinedIsReported) {
  Unheard unheard;
  {
    TaskGroup group(executor);
    group.submit([] { throw ValueError("unjoined"); });
  }
  EXPECT_EQ(unheard.all(), std::vector<std::string>{"TaskGroup that nobody joined: unjoined"});
}

// A callable that is slow to go: it waits for `left`, but not for ever.
std::shared_ptr<void> slow_to_go(Event& left, std::atomic<bool>& gone) {
  return {nullptr, [&](void*) {
            left.wait(0.05);
            gone = true;
          }};
}

// What join() sleeps on is cancelled with the others.
TEST(TaskGroupEnds, AFailureCancelsWhatIsWaitedFor) {
  ThreadPoolExecutor executor(1);
  TaskGroup group(executor);
  Event submitted;
  Future<void> last;
  bool ran = false;
  group.submit([&] {
    submitted.wait();
    EXPECT_TRUE(wait_until([&] { return (last.work().word() & detail::WorkWord::Asleep) != 0; }));
    throw ValueError("first");
  });
  last = group.submit([&] { ran = true; });
  submitted.set();
  EXPECT_TRUE(throws<ValueError>([&] { group.join(); }, "first"));
  EXPECT_TRUE(last.cancelled());
  EXPECT_FALSE(ran);
}

TEST(TaskGroupEnds, AtItsDeadlineThoughNobodyIsFree) {
  ThreadPoolExecutor executor(1);
  Event event, left;
  std::atomic<bool> gone{false};
  Future<void> busy = executor.submit([&] { event.wait(); });
  {
    TaskGroup group(executor, {.deadline = 0.02});
    Future<void> pending = group.submit([slow = slow_to_go(left, gone)] {});
    EXPECT_THROW(group.join(), TimeoutError);
    EXPECT_TRUE(pending.cancelled());
  }
  EXPECT_TRUE(gone) << "a cancelled callable outlives the scope that it may refer to";
  left.set();
  event.set();
}

TEST(TaskGroupEnds, TheChildOfAForkIsFreeToLeave) {
  ThreadPoolExecutor executor(1);
  Event event;
  TaskGroup group(executor);
  group.submit([&] { event.wait(); });
  group.submit([] {});
  EXPECT_EQ(in_child([&] {
              try {
                group.join();
                return 1;
              } catch (const BrokenExecutor&) {
              }
              TaskGroup mine(executor);
              Future<int> sum = mine.submit(add, 1, 2);
              mine.join();
              return sum.result() == 3 ? 0 : 2;
            }),
            0);
  event.set();
  group.join();
}

TEST(TaskGroupEnds, TheChildOfAForkWaitsForNobodyWhoCancels) {
  ThreadPoolExecutor executor(1);
  TaskGroup group(executor);
  Event inside, go;
  auto stay = [&] {
    inside.set();
    go.wait();
  };
  std::stop_callback<decltype(stay)> when_cancelled(group.stop_token(), stay);
  Bunch<Threads> canceller(1, [&] { group.cancel(); });
  inside.wait();
  EXPECT_EQ(in_child([&] {
              group.join();
              group.cancel();
              group.join();
              return 0;
            }),
            0);
  go.set();
  canceller.join();
}

TEST_F(TaskGroupTest, AResultWhoseDestructorUsesTheGroup) {
  static std::atomic<int> alive{0};
  struct Uses {
    explicit Uses(TaskGroup& g) : group(&g) { ++alive; }
    Uses(Uses&& other) noexcept : group(std::exchange(other.group, nullptr)) {}
    ~Uses() {
      if (group == nullptr) return;
      group->submit([] {});
      --alive;
    }
    TaskGroup* group;
  };
  TaskGroup group(executor);
  for (int i = 0; i < 300; ++i) group.submit([&] { return Uses(group); }).wait();
  group.join();
  EXPECT_TRUE(wait_until([] { return alive == 0; }));  // the worker's handle may be the last one
  group.join();
}

TEST_F(TaskGroupTest, WhatItThrowsIsNotUnheardOf) {
  Unheard unheard;
  TaskGroup group(executor);
  group.submit([] { throw ValueError("one"); }).wait();
  for (int i = 0; i < 300; ++i) group.submit([] {});
  EXPECT_TRUE(throws<ValueError>([&] { group.join(); }, "one"));
  EXPECT_EQ(unheard.all(), std::vector<std::string>());
}

TEST_F(TaskGroupTest, AStolenHalfBelongsToTheGroup) {
  std::atomic<bool> ended{false};
  TaskGroup outer(executor);
  outer.submit([&] {
    Event in;
    auto first = [&] {
      in.wait(5);  // with one core, nobody may come
      outer.cancel();
    };
    auto second = [&] {
      TaskGroup inner(executor);
      in.set();
      ended = wait_until([&] { return inner.stop_token().stop_requested(); });
    };
    join(first, second);
  });
  outer.join();
  EXPECT_TRUE(ended);
}

TEST(TaskGroupEnds, WhatAWaiterRunsMeanwhileDoesNotBelongToIt) {
  ThreadPoolExecutor executor(1);
  Event begun, go;
  Future<bool> stranger;
  TaskGroup outer(executor);
  outer.submit([&] {
    begun.set();
    go.wait();
    stranger.wait();  // runs it
  });
  begun.wait();
  stranger = executor.submit([&] {
    TaskGroup own(executor);
    outer.cancel();
    return own.stop_token().stop_requested();
  });
  go.set();
  EXPECT_FALSE(stranger.result());
  outer.join();
}

// Who would wait for himself is told so.
TEST_F(TaskGroupTest, JoinedByItsOwnStopCallback) {
  TaskGroup group(executor);
  std::string told;
  std::stop_callback joins(group.stop_token(), [&] {
    try {
      group.join();
    } catch (const RuntimeError& error) {
      told = error.what();
    }
  });
  Future<void> fails = group.submit([] { throw ValueError("no"); });
  EXPECT_THROW(group.join(), ValueError);
  EXPECT_EQ(told, "cannot join a TaskGroup in one of its own tasks");

  TaskGroup other(executor);
  std::stop_callback joins_other(other.stop_token(), [&] {
    told = throws<RuntimeError>([&] { other.join(); }, "cannot join a TaskGroup in what its end calls") ? "told" : "";
  });
  other.cancel();
  EXPECT_EQ(told, "told");
}

TEST_F(TaskGroupTest, JoinedByItsOwnTask) {
  TaskGroup group(executor);
  Future<void> joins = group.submit([&] { group.join(); });
  EXPECT_TRUE(throws<RuntimeError>([&] { group.join(); }, "cannot join a TaskGroup in one of its own tasks"));
}

// All are cancelled whose handles are moved about while they are.
TEST_F(TaskGroupTest, ManyAreCancelledWhileMoreCome) {
  std::vector<Future<void>> busy;
  for (int i = 0; i < executor.max_workers(); ++i) busy.push_back(executor.submit([this] { event.wait(); }));
  std::atomic<int> ran{0};
  {
    TaskGroup group(executor);
    for (int i = 0; i < 20'000; ++i) group.submit([&] { ++ran; });
    Bunch<OsThreads> others(2, [&](int) {
      for (int i = 0; i < 2000; ++i) group.submit([&] { ++ran; });
    });
    group.cancel();
    others.join();
    group.join();
  }
  EXPECT_EQ(ran, 0);
  event.set();
}

TEST(ThreadPoolShutdownTest, ATaskIsTheLastToLetGo) {
  auto executor = std::make_shared<ThreadPoolExecutor>(1);
  Event go;
  Future<void> last = executor->submit([&go, executor] { go.wait(); });
  ASSERT_TRUE(wait_until([&] { return last.running(); }));
  std::vector<threading::Thread> threads = executor->threads();
  executor.reset();
  go.set();
  last.result();
  for (const threading::Thread& thread : threads) thread.join();
}

TEST(ThreadPoolExecutorTest, TooManyWorkers) {
  EXPECT_TRUE(throws<ValueError>([] { ThreadPoolExecutor executor(65'535); }, "there may be 65534 workers at most"));
}

TEST(ThreadPoolExecutorTest, NoThreadToBeHad) {
  ThreadPoolExecutor executor(2);
  std::size_t before = threading::stack_size(std::size_t{1} << 50);
  EXPECT_TRUE(throws<RuntimeError>([&] { executor.submit(add, 1, 2); }, "can't start new thread"));
  EXPECT_TRUE(throws<RuntimeError>([&] { executor.map(same, upto(3)).next(); }, "can't start new thread"));
  threading::stack_size(before);
  EXPECT_EQ(executor.submit(add, 1, 2).result(), 3);
}

// What others have submitted at that moment does not wait either.
TEST(ThreadPoolExecutorTest, NoThreadToBeHadByMany) {
  std::size_t before = threading::stack_size(std::size_t{1} << 50);
  for (int round = 0; round < 200; ++round) {
    ThreadPoolExecutor executor(2);
    Bunch<OsThreads> many(4, [&](int) {
      try {
        EXPECT_TRUE(
            throws<RuntimeError>([future = executor.submit(add, 1, 2)] { future.result(); }, "can't start new thread"));
      } catch (const RuntimeError&) {  // it was submitted by who found it out
      }
    });
    many.join();
  }
  threading::stack_size(before);
}

// Callbacks that then use the pool find no lock held.
TEST(ThreadPoolExecutorTest, NoThreadToBeHadAndCallbacksUseThePool) {
  const int times = rounds(3000, 100'000);
  Unheard unheard;
  ThreadPoolExecutor executor(2);
  std::size_t before = threading::stack_size(std::size_t{1} << 50);
  Bunch<OsThreads> many(3, [&](int n) {
    for (int i = 0; i < times; ++i) {
      if (n == 0) {
        executor.resize(2);
        continue;
      }
      try {
        executor.submit(add, 1, 2).add_done_callback([&](const auto&) { executor.resize(2); });
      } catch (const RuntimeError&) {  // it was submitted by who found it out
      }
    }
  });
  EXPECT_TRUE(many.wait_for_finished(rounds(20, 400)));
  many.join();
  threading::stack_size(before);
}

// The last handle of a pool may go with a worker that never runs anything.
TEST(ThreadPoolExecutorTest, AFailedInitializerEndsWhatHeldThePool) {
  Unheard unheard;
  Event go;
  auto fails = [&] {
    go.wait();
    throw ValueError("no");
  };
  auto executor =
      std::make_shared<ThreadPoolExecutor>(ThreadPoolExecutorOptions{.max_workers = 1, .initializer = fails});
  Future<void> never = executor->submit([executor] {});
  std::vector<threading::Thread> threads = executor->threads();
  executor.reset();
  go.set();
  EXPECT_THROW(never.result(), BrokenThreadPool);
  for (const threading::Thread& thread : threads) thread.join();
}

TEST(TaskOptionsTest, AStopTokenInTheDeadline) {
  ThreadPoolExecutor executor(1);
  Event event, begun;
  std::stop_source stop;
  auto waits = [&](std::stop_token token) {
    begun.set();
    return event.wait(token);
  };
  Future<bool> running = executor.submit(waits, {.deadline = {3600, stop.get_token()}});
  Future<bool> pending = executor.submit(waits, {.deadline = stop.get_token()});
  begun.wait();
  stop.request_stop();
  EXPECT_FALSE(running.result());
  EXPECT_THROW(pending.result(), CancelledError);
}

TEST_F(ExecutorTest, MapOfThreeRanges) {
  auto sum = [](int a, int b, int c) { return a + b + c; };
  EXPECT_EQ(list(executor.map(sum, upto(3), upto(4), std::views::iota(10))), (std::vector<int>{10, 13, 16}));
}

// The last item that is there is not kept back until the one after it is known.
TEST_F(ExecutorTest, MapBeginsAnItemBeforeItReadsTheNext) {
  struct Slow {
    struct Iterator {
      using iterator_concept = std::input_iterator_tag;
      using value_type = int;
      using difference_type = std::ptrdiff_t;
      int operator*() const { return slow->now; }
      Iterator& operator++() {
        slow->in_time = slow->begun.wait(10) && slow->in_time;
        slow->begun.clear();
        ++slow->now;
        return *this;
      }
      void operator++(int) { ++*this; }
      bool operator==(std::default_sentinel_t) const { return slow->now == 3; }
      Slow* slow;
    };
    Iterator begin() { return {this}; }
    std::default_sentinel_t end() const { return {}; }
    Event begun;
    bool in_time = true;
    int now = 0;
  } slow;
  auto f = [&](int x) {
    slow.begun.set();
    return x;
  };
  EXPECT_EQ(list(executor.map(f, slow)), upto(3));
  EXPECT_TRUE(slow.in_time);
}

TEST_F(ExecutorTest, MapTellsHowManyThereAre) {
  std::vector<ProgressReport> reports;
  Progress progress([&](const ProgressReport& report) { reports.push_back(report); });
  std::vector<int> items = upto(100);
  EXPECT_EQ(list(executor.map(same, items, {.progress = progress})), items);
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports.back().total, 100u);
}

TEST_F(ExecutorTest, AMapLeftEarlyReportsItsEnd) {
  int ended = 0, after = 0;
  {
    auto results = executor.map(same, std::views::iota(0), {.progress = Progress([&](const ProgressReport& report) {
                                                              after += ended;
                                                              ended += report.ended;
                                                            })});
    EXPECT_EQ(results.next(), 0);
  }
  EXPECT_EQ(ended, 1);
  executor.shutdown();
  EXPECT_EQ(after, 0);
}

}  // namespace
}  // namespace weft::test
