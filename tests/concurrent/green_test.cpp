// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Pools and futures with green threads: those that wait for tasks, and those
// within a task.
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <ranges>
#include <vector>

#include "concurrent/support.hpp"
#include "contracts/contract.hpp"
#include "weft/gevent.hpp"
#include "weft/multiprocessing.hpp"

namespace weft::test {
namespace {

using multiprocessing::ThreadPool;
using threading::Event;

// Nobody who waits for a future keeps the others of his thread from going on.
TEST(GreenTest, WaitForFuturesInTurns) {
  ThreadPoolExecutor executor(2);
  Promise<int> promise;
  std::vector<gevent::Greenlet<int>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(gevent::spawn([&, i] {
      Future<int> task = executor.submit([i] { return i; });
      return promise.future().result() + task.result();
    }));
  }
  gevent::spawn([&] { promise.set_result(100); });
  int sum = 0;
  for (auto& one : all) sum += one.get();
  EXPECT_EQ(sum, 20 * 100 + 190);
}

TEST(GreenTest, WithinATaskOfOneWorker) {
  ThreadPoolExecutor executor(1);
  Future<int> result = executor.submit([&] {
    std::vector<gevent::Greenlet<int>> all;
    for (int i = 0; i < 20; ++i) {
      all.push_back(gevent::spawn([&, i] {
        return executor
            .submit([i] {
              gevent::sleep(0.001);
              return i;
            })
            .result();
      }));
    }
    int sum = 0;
    for (auto& one : all) sum += one.get();
    return sum;
  });
  EXPECT_EQ(result.result(), 190);
}

// What a task leaves behind runs on while its worker has nothing to do, and may use the pool like anybody.
TEST(GreenTest, LeftBehindByATask) {
  ThreadPool pool(2);
  std::atomic<bool> enough{false};
  auto behind = pool.apply([&] {
    return gevent::spawn([&] {
      long sum = 0;
      while (!enough) {
        for (int square : pool.map([](int i) { return i * i; }, std::views::iota(0, 64))) sum += square;
        gevent::sleep(0);
      }
      return sum;
    });
  });
  for (int i = 0; i < rounds(300, 10'000); ++i) {
    std::vector<int> doubled = pool.map([](int n) { return 2 * n; }, std::views::iota(0, 64));
    EXPECT_EQ(std::accumulate(doubled.begin(), doubled.end(), 0), 64 * 63);
  }
  enough = true;
  EXPECT_EQ(behind.get() % (63 * 64 * 127 / 6), 0);
}

// A green thread within a task is of no group, and leaves that of the task as it was.
TEST(GreenTest, AGroupWithinATask) {
  ThreadPoolExecutor executor(2);
  TaskGroup outer(executor);
  Future<bool> ended = outer.submit([&] {
    auto green = gevent::spawn([&] {
      TaskGroup inner(executor);
      Future<int> sum = inner.submit([] { return 3; });
      inner.join();
      return sum.result();
    });
    EXPECT_EQ(green.get(), 3);
    TaskGroup inner(executor);
    outer.cancel();
    return inner.stop_token().stop_requested();
  });
  EXPECT_TRUE(ended.result());
  outer.join();
}

// Killed while the destructor of a pool waits, it waits to the end.
template <class Pool, class Begin>
void kill_in_destructor(Begin begin) {
  Event running, go;
  std::atomic<bool> closing{false}, gone{false};
  auto green = gevent::spawn([&] {
    {
      Pool pool(1);
      begin(pool, [&] {
        running.set();
        go.wait();
      });
      running.wait();
      closing = true;
    }
    gone = true;
  });
  while (!closing) gevent::sleep(0);
  green.kill(0);
  gevent::sleep(0);
  EXPECT_FALSE(green.ready());
  go.set();
  green.join();
  EXPECT_TRUE(gone);
}

TEST(GreenTest, KilledInTheDestructorOfAnExecutor) {
  kill_in_destructor<ThreadPoolExecutor>([](ThreadPoolExecutor& pool, auto f) { pool.submit(f); });
}
TEST(GreenTest, KilledInTheDestructorOfAPool) {
  kill_in_destructor<ThreadPool>([](ThreadPool& pool, auto f) { pool.apply_async(f); });
}

}  // namespace
}  // namespace weft::test
