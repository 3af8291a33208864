// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <iterator>
#include <numeric>
#include <ranges>
#include <utility>
#include <vector>

#include "contracts/contract.hpp"
#include "weft/queue.hpp"

namespace weft::test {

/// The tests of CPython's Lib/test/test_queue.py under their names, for a queue
/// of ints that has a maxsize. What test_shrinking_queue does cannot be said here:
/// maxsize is fixed.
template <class Hole>
class QueueTests : public ::testing::Test {
 protected:
  static constexpr int Size = 5;
  using Queue = typename Hole::Type;

  // In which order 111, 333, 222 come out.
  static std::vector<int> order(const queue::Queue<int>&) { return {111, 333, 222}; }
  static std::vector<int> order(const queue::LifoQueue<int>&) { return {222, 333, 111}; }
  static std::vector<int> order(const queue::PriorityQueue<int>&) { return {111, 222, 333}; }

  // Runs `blocks` in a hand, sees that it waits for the queue, and then lets `trigger` free it.
  template <class Blocks, class Trigger>
  static void do_blocking_test(Subject<Hole> q, Blocks blocks, Trigger trigger) {
    Hands<Hole> hand(1, blocks);
    EXPECT_TRUE(wait_for_waiters<Hole>(*q, 1)) << "it does not block";
    trigger();
    EXPECT_TRUE(hand.wait_for_finished());
  }

  static void basic_queue_test(Subject<Hole> q) {
    ASSERT_TRUE(q->empty());
    EXPECT_FALSE(q->full());
    for (int item : {111, 333, 222}) q->put(item);
    for (int item : order(*q)) EXPECT_EQ(q->get(), item);
    for (int i = 0; i < Size - 1; ++i) {
      q->put(i);
      EXPECT_FALSE(q->empty());
    }
    EXPECT_FALSE(q->full());
    q->put(2 * Size);
    EXPECT_TRUE(q->full());
    EXPECT_EQ(q->qsize(), static_cast<std::size_t>(Size));
    EXPECT_THROW(q->put(99, 0), queue::Full);
    EXPECT_THROW(q->put(99, 0.001), queue::Full);
    do_blocking_test(
        q, [q] { q->put(99); }, [q] { q->get(); });
    do_blocking_test(
        q, [q] { q->put(99, 10); }, [q] { q->get(); });
    for (int i = 0; i < Size; ++i) q->get();
    EXPECT_TRUE(q->empty());
    EXPECT_THROW(q->get(0), queue::Empty);
    EXPECT_THROW(q->get(0.001), queue::Empty);
    do_blocking_test(
        q, [q] { q->get(); }, [q] { q->put(1); });
    do_blocking_test(
        q, [q] { q->get(10); }, [q] { q->put(1); });
  }

  static void queue_join_test(Subject<Hole> q) {
    Shared<Hole, std::atomic<int>> sum;
    Hands<Hole> workers(2, [q, sum] {
      for (;;) {
        int x = q->get();
        if (x >= 0) *sum += x;
        q->task_done();
        if (x < 0) return;
      }
    });
    for (int i = 0; i < 100; ++i) q->put(i);
    q->join();
    EXPECT_EQ(*sum, 4950) << "join() did not wait until all tasks were done";
    q->put(-1);
    q->put(-1);
    q->join();
    EXPECT_TRUE(workers.wait_for_finished());
  }

  static void shutdown_all_methods_in_one_thread(bool immediate) {
    Subject<Hole> q(2);
    q->put(1);
    q->put_nowait(2);
    q->shutdown({.immediate = immediate});
    EXPECT_THROW(q->put(3), queue::ShutDown);
    EXPECT_THROW(q->put_nowait(3), queue::ShutDown);
    EXPECT_FALSE(q->try_put(3));
    if (immediate) {
      EXPECT_THROW(q->get(), queue::ShutDown);
      EXPECT_THROW(q->get_nowait(), queue::ShutDown);
      EXPECT_THROW(q->task_done(), ValueError);
    } else {
      for (int i = 0; i < 2; ++i) {
        EXPECT_NO_THROW(q->get());
        q->task_done();
      }
    }
    EXPECT_TRUE(q->join());
    EXPECT_THROW(q->get(), queue::ShutDown);
    EXPECT_THROW(q->get_nowait(), queue::ShutDown);
    EXPECT_THROW(q->get(1), queue::ShutDown);
    EXPECT_FALSE(q->try_get());
  }

  static void shutdown_all_methods_in_many_threads(bool immediate) {
    constexpr int Writers = 4, Readers = 6, Each = 4096;
    Subject<Hole> q;
    SharedNumber<Hole> wrote, refused, read, ended, at_half;
    Hands<Hole> writers(Writers, [=] {
      try {
        for (int i = 0; i < Each; ++i) {
          q->put(i);
          ++*wrote;
          if (i == Each / 2) *at_half = 1;
        }
      } catch (const queue::ShutDown&) {
        ++*refused;
      }
    });
    Hands<Hole> readers(Readers, [=] {
      try {
        for (;;) {
          q->get();
          ++*read;
          q->task_done();
        }
      } catch (const queue::ShutDown&) {
        ++*ended;
      }
    });
    EXPECT_TRUE(wait_until([&] { return *at_half == 1; }));
    q->shutdown({.immediate = immediate});
    if (immediate) {
      EXPECT_TRUE(q->empty());
    }
    EXPECT_TRUE(writers.wait_for_finished());
    EXPECT_TRUE(readers.wait_for_finished());
    EXPECT_EQ(*ended, Readers);
    EXPECT_TRUE(q->empty());
    EXPECT_TRUE(q->join(10));
    if (!immediate) {
      EXPECT_EQ(*read, *wrote);
    }
  }

  // Getters that wait, and a shutdown: `items` of them get one.
  static void shutdown_get(bool immediate, int getters, int items) {
    Subject<Hole> q(2);
    SharedNumber<Hole> go, got, ended;
    q->put(1);
    q->put(2);
    Hands<Hole> hands(getters, [=] {
      EXPECT_TRUE(wait_until([&] { return *go == 1; }));
      try {
        q->get();
        ++*got;
      } catch (const queue::ShutDown&) {
        ++*ended;
      }
    });
    q->shutdown({.immediate = immediate});
    *go = 1;
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(*got, items);
    EXPECT_EQ(*ended, getters - items);
  }

  static void shutdown_put(bool immediate) {
    Subject<Hole> q(2);
    SharedNumber<Hole> ended;
    q->put(1);
    q->put(2);
    Hands<Hole> hands(2, [=] {
      try {
        q->put(3);
      } catch (const queue::ShutDown&) {
        ++*ended;
      }
    });
    EXPECT_TRUE(wait_for_waiters<Hole>(*q, 2));
    q->shutdown({.immediate = immediate});
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(*ended, 2);
  }

  static void shutdown_join(bool immediate) {
    Subject<Hole> q;
    SharedNumber<Hole> joined;
    q->put(1);
    Hands<Hole> hands(2, [=] { *joined += q->join(); });
    EXPECT_TRUE(wait_for_waiters<Hole>(*q, 2));
    q->shutdown({.immediate = immediate});
    if (!immediate) {
      EXPECT_EQ(q->get(), 1);
      EXPECT_EQ(*joined, 0);
      q->task_done();
    }
    EXPECT_TRUE(hands.wait_for_finished());
    EXPECT_EQ(*joined, 2);
  }

  static void shutdown_put_join(bool immediate) {
    Subject<Hole> q(2);
    SharedNumber<Hole> go, refused, joined;
    q->put(1);
    Hands<Hole> putter(1, [=] {
      EXPECT_TRUE(wait_until([&] { return *go == 1; }));
      try {
        q->put(2);
      } catch (const queue::ShutDown&) {
        ++*refused;
      }
    });
    Hands<Hole> joiner(1, [=] { *joined += q->join(); });
    EXPECT_EQ(q->unfinished_tasks(), 1u);
    q->shutdown({.immediate = immediate});
    *go = 1;
    if (immediate) {
      EXPECT_THROW(q->get_nowait(), queue::ShutDown);
    } else {
      EXPECT_EQ(q->get(), 1);
      q->task_done();
    }
    EXPECT_TRUE(putter.wait_for_finished());
    EXPECT_TRUE(joiner.wait_for_finished());
    EXPECT_EQ(*refused, 1);
    EXPECT_EQ(*joined, 1);
  }
};
TYPED_TEST_SUITE_P(QueueTests);

TYPED_TEST_P(QueueTests, QueueTaskDone) {
  Subject<TypeParam> q;
  EXPECT_TRUE(throws<ValueError>([&] { q->task_done(); }, "task_done() called too many times"));
}

TYPED_TEST_P(QueueTests, QueueJoin) {
  Subject<TypeParam> q;
  TestFixture::queue_join_test(q);
  TestFixture::queue_join_test(q);
  EXPECT_THROW(q->task_done(), ValueError);
}

TYPED_TEST_P(QueueTests, Basic) {
  Subject<TypeParam> q(TestFixture::Size);
  TestFixture::basic_queue_test(q);
  TestFixture::basic_queue_test(q);
}

TYPED_TEST_P(QueueTests, NegativeTimeoutRaisesException) {
  Subject<TypeParam> q(TestFixture::Size);
  const char* words = "'timeout' must be a non-negative number";
  EXPECT_TRUE(throws<ValueError>([&] { q->put(1, -1); }, words));
  EXPECT_TRUE(throws<ValueError>([&] { q->get(-1); }, words));
  EXPECT_TRUE(throws<ValueError>([&] { q->try_put(1, -0.5); }, words));
  EXPECT_TRUE(throws<ValueError>([&] { q->try_get(-0.5); }, words));
  EXPECT_TRUE(q->empty());
}

TYPED_TEST_P(QueueTests, Nowait) {
  Subject<TypeParam> q(TestFixture::Size);
  for (int i = 0; i < TestFixture::Size; ++i) q->put_nowait(1);
  EXPECT_THROW(q->put_nowait(1), queue::Full);
  EXPECT_FALSE(q->try_put(1));
  for (int i = 0; i < TestFixture::Size; ++i) q->get_nowait();
  EXPECT_THROW(q->get_nowait(), queue::Empty);
  EXPECT_FALSE(q->try_get());
}

TYPED_TEST_P(QueueTests, ShutdownEmpty) {
  Subject<TypeParam> q;
  q->shutdown();
  EXPECT_THROW(q->put(1), queue::ShutDown);
  EXPECT_THROW(q->get(), queue::ShutDown);
}

TYPED_TEST_P(QueueTests, ShutdownNonempty) {
  Subject<TypeParam> q;
  q->put(1);
  q->shutdown();
  EXPECT_EQ(q->get(), 1);
  EXPECT_THROW(q->get(), queue::ShutDown);
}

TYPED_TEST_P(QueueTests, ShutdownImmediate) {
  Subject<TypeParam> q;
  q->put(1);
  q->shutdown({.immediate = true});
  EXPECT_THROW(q->get(), queue::ShutDown);
}

TYPED_TEST_P(QueueTests, ShutdownAllowedTransitions) {
  Subject<TypeParam> q;
  EXPECT_FALSE(q->is_shutdown());
  q->shutdown();
  EXPECT_TRUE(q->is_shutdown());
  q->shutdown({.immediate = true});
  EXPECT_TRUE(q->is_shutdown());
  q->shutdown({.immediate = false});
  EXPECT_TRUE(q->is_shutdown());
}

TYPED_TEST_P(QueueTests, ShutdownAllMethodsInOneThread) { TestFixture::shutdown_all_methods_in_one_thread(false); }
TYPED_TEST_P(QueueTests, ShutdownImmediateAllMethodsInOneThread) {
  TestFixture::shutdown_all_methods_in_one_thread(true);
}
TYPED_TEST_P(QueueTests, ShutdownAllMethodsInManyThreads) { TestFixture::shutdown_all_methods_in_many_threads(false); }
TYPED_TEST_P(QueueTests, ShutdownImmediateAllMethodsInManyThreads) {
  TestFixture::shutdown_all_methods_in_many_threads(true);
}
TYPED_TEST_P(QueueTests, ShutdownGet) { TestFixture::shutdown_get(false, 3, 2); }
TYPED_TEST_P(QueueTests, ShutdownImmediateGet) { TestFixture::shutdown_get(true, 2, 0); }
TYPED_TEST_P(QueueTests, ShutdownPut) { TestFixture::shutdown_put(false); }
TYPED_TEST_P(QueueTests, ShutdownImmediatePut) { TestFixture::shutdown_put(true); }
TYPED_TEST_P(QueueTests, ShutdownJoin) { TestFixture::shutdown_join(false); }
TYPED_TEST_P(QueueTests, ShutdownImmediateJoin) { TestFixture::shutdown_join(true); }
TYPED_TEST_P(QueueTests, ShutdownPutJoin) { TestFixture::shutdown_put_join(false); }
TYPED_TEST_P(QueueTests, ShutdownImmediatePutJoin) { TestFixture::shutdown_put_join(true); }

TYPED_TEST_P(QueueTests, ShutdownGetTaskDoneJoin) {
  Subject<TypeParam> q(2);
  SharedNumber<TypeParam> go, done, joined;
  q->put(1);
  q->put(2);
  EXPECT_EQ(q->unfinished_tasks(), q->qsize());
  Hands<TypeParam> getters(2, [=] {
    EXPECT_TRUE(wait_until([&] { return *go == 1; }));
    q->get();
    q->task_done();
    ++*done;
  });
  Hands<TypeParam> joiners(2, [=] { *joined += q->join(); });
  *go = 1;
  q->shutdown();
  EXPECT_TRUE(getters.wait_for_finished());
  EXPECT_TRUE(joiners.wait_for_finished());
  EXPECT_EQ(*done, 2);
  EXPECT_EQ(*joined, 2);
}

TYPED_TEST_P(QueueTests, ShutdownPendingGet) {
  Subject<TypeParam> q;
  SharedNumber<TypeParam> ended;
  Hands<TypeParam> hand(1, [=] {
    try {
      q->get();
    } catch (const queue::ShutDown&) {
      ++*ended;
    }
  });
  EXPECT_TRUE(wait_for_waiters<TypeParam>(*q, 1));
  q->shutdown();
  EXPECT_TRUE(hand.wait_for_finished());
  EXPECT_EQ(*ended, 1);
}

// From here on: what weft promises beyond CPython's tests.

TYPED_TEST_P(QueueTests, TimesOutOnTheMonotonicClock) {
  Time<TypeParam> time;
  Subject<TypeParam> q(1);
  SharedNumber<TypeParam> empty, full;
  {
    Hands<TypeParam> hand(1, [=] { *empty += !q->try_get(0.5); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*q, 1));
    time.move(0.4);
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*q, 1));
    time.move(0.2);
    EXPECT_TRUE(hand.wait_for_finished());
  }
  q->put(1);
  {
    Hands<TypeParam> hand(1, [=] { *full += !q->try_put(2, 0.5); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*q, 1));
    time.move(0.6);
    EXPECT_TRUE(hand.wait_for_finished());
  }
  {
    Hands<TypeParam> hand(1, [=] { *full += !q->join(0.5); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*q, 1));
    time.move(0.6);
    EXPECT_TRUE(hand.wait_for_finished());
  }
  EXPECT_EQ(*empty, 1);
  EXPECT_EQ(*full, 2);
  EXPECT_EQ(q->get(), 1);
}

TYPED_TEST_P(QueueTests, TimedOutGetDoesNotSwallowAnItem) {
  Subject<TypeParam> q;
  SharedNumber<TypeParam> got;
  Hands<TypeParam> hands(3, [=] {
    for (int i = 0; i < 200; ++i) *got += q->try_get(1e-6 * i).has_value();
  });
  int put = 0;
  for (; !hands.wait_for_finished(0); ++put) q->put(put);
  for (; q->try_get(); ++*got) {
  }
  EXPECT_EQ(*got, put);
}

// Three sleep, three items come at once: nobody sleeps on.
TYPED_TEST_P(QueueTests, EveryItemFindsItsSleeper) {
  Subject<TypeParam> q;
  for (int round = 0; round < 50; ++round) {
    Hands<TypeParam> hands(3, [q] { q->get(); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*q, 3));
    for (int i = 0; i < 3; ++i) q->put(i);
    ASSERT_TRUE(hands.wait_for_finished());
  }
}

TYPED_TEST_P(QueueTests, EveryRoomFindsItsSleeper) {
  Subject<TypeParam> q(3);
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 3; ++i) q->put(i);
    Hands<TypeParam> hands(3, [q] { q->put(1); });
    EXPECT_TRUE(wait_for_waiters<TypeParam>(*q, 3));
    for (int i = 0; i < 3; ++i) q->get();
    ASSERT_TRUE(hands.wait_for_finished());
    for (int i = 0; i < 3; ++i) q->get();
  }
}

// Every mix of producers and consumers, small and large.
TYPED_TEST_P(QueueTests, NothingIsLostOrDoubled) {
  const int each = rounds(3000, 300000);
  const double long_enough = rounds(25, 250);
  for (int maxsize : {0, 1, 2, 7, 1000}) {
    for (auto [producers, consumers] : {std::pair{1, 1}, {4, 4}, {8, 1}, {1, 8}}) {
      Subject<TypeParam> q(maxsize);
      Shared<TypeParam, std::atomic<std::int64_t>> sum, count;
      Hands<TypeParam> takers(consumers, [=] {
        for (int x : *q) {
          *sum += x;
          ++*count;
          q->task_done();
        }
      });
      Hands<TypeParam> givers(producers, [=](int n) {
        for (int i = 0; i < each; ++i) q->put(n * each + i);
      });
      ASSERT_TRUE(givers.wait_for_finished(long_enough));
      ASSERT_TRUE(q->join(long_enough));
      EXPECT_TRUE(q->empty());
      q->shutdown();
      ASSERT_TRUE(takers.wait_for_finished());
      std::int64_t n = std::int64_t{producers} * each;
      EXPECT_EQ(*count, n);
      EXPECT_EQ(*sum, n * (n - 1) / 2) << "maxsize " << maxsize << ", " << producers << " to " << consumers;
    }
  }
}

TYPED_TEST_P(QueueTests, PutManyAndGetMany) {
  Subject<TypeParam> q(100);
  SharedNumber<TypeParam> count;
  Shared<TypeParam, std::atomic<std::int64_t>> sum;
  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 0);
  Hands<TypeParam> hands(2, [=] {
    for (;;) {
      std::vector<int> some = q->get_many(30);
      if (some.empty()) return;
      EXPECT_LE(some.size(), 30u);
      *count += static_cast<int>(some.size());
      *sum += std::accumulate(some.begin(), some.end(), 0);
    }
  });
  EXPECT_EQ(q->put_many(numbers), numbers.size());
  q->shutdown();
  EXPECT_TRUE(hands.wait_for_finished());
  EXPECT_EQ(*count, 1000);
  EXPECT_EQ(*sum, 499500);
  EXPECT_TRUE(q->get_many(3).empty());
  EXPECT_THROW(q->put_many(numbers), queue::ShutDown);
}

TYPED_TEST_P(QueueTests, PutManyTellsHowManyItPut) {
  Subject<TypeParam> q(7);
  std::vector<int> numbers(20, 1);
  EXPECT_EQ(q->put_many(numbers, 0), 7u);
  EXPECT_EQ(q->qsize(), 7u);
  EXPECT_TRUE(q->get_many(0).empty());
  EXPECT_EQ(q->get_many(5).size(), 5u);
  EXPECT_EQ(q->get_many(5).size(), 2u);
  EXPECT_TRUE(q->get_many(5, 0).empty());
}

// A view that needs two items takes two, and does not wait for a third.
TYPED_TEST_P(QueueTests, ALoopTakesNoMoreThanItIsAskedFor) {
  using Items = typename TypeParam::Type;
  static_assert(std::input_iterator<typename Items::Iterator> && std::ranges::input_range<Items>);
  Subject<TypeParam> q;
  for (int i : {111, 333, 222}) q->put(i);
  std::vector<int> seen;
  for (int i : *q | std::views::take(2)) seen.push_back(i);
  EXPECT_EQ(q->qsize(), 1u);
  for (int i : *q | std::views::take(1)) seen.push_back(i);
  EXPECT_EQ(seen, TestFixture::order(*q));
  auto next = q->begin();  // of nothing, and nobody has looked
  q->put(4);
  EXPECT_EQ(*next, 4);
  ++next;
  q->put(5);
  q->put(6);
  ++next;  // past one that was not looked at
  EXPECT_EQ(q->qsize(), 1u);
  q->shutdown();
  EXPECT_TRUE(next != std::default_sentinel);
  ++next;
  EXPECT_TRUE(next == std::default_sentinel);
}

REGISTER_TYPED_TEST_SUITE_P(QueueTests, QueueTaskDone, QueueJoin, Basic, NegativeTimeoutRaisesException, Nowait,
                            ShutdownEmpty, ShutdownNonempty, ShutdownImmediate, ShutdownAllowedTransitions,
                            ShutdownAllMethodsInOneThread, ShutdownImmediateAllMethodsInOneThread,
                            ShutdownAllMethodsInManyThreads, ShutdownImmediateAllMethodsInManyThreads, ShutdownGet,
                            ShutdownImmediateGet, ShutdownPut, ShutdownImmediatePut, ShutdownJoin,
                            ShutdownImmediateJoin, ShutdownPutJoin, ShutdownImmediatePutJoin, ShutdownGetTaskDoneJoin,
                            ShutdownPendingGet, TimesOutOnTheMonotonicClock, TimedOutGetDoesNotSwallowAnItem,
                            EveryItemFindsItsSleeper, EveryRoomFindsItsSleeper, NothingIsLostOrDoubled,
                            PutManyAndGetMany, PutManyTellsHowManyItPut, ALoopTakesNoMoreThanItIsAskedFor);

}  // namespace weft::test
