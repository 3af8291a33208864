// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <ranges>
#include <vector>

#include "concurrent/support.hpp"
#include "contracts/contract.hpp"
#include "support/child.hpp"
#include "support/support.hpp"

namespace weft::test {
namespace {

int fib(int n) {
  if (n < 2) return n;
  auto [a, b] = join([n] { return fib(n - 1); }, [n] { return fib(n - 2); });
  return a + b;
}

// Both threads of a pool fork and join all the time, so that a fork() comes between any
// two steps of theirs; its child has neither of them, and their places are given anew.
TEST(ExecutorForkTest, ChildOfAPoolAtWorkUsesItAnew) {
  if (patience() > 1) GTEST_SKIP() << "the sanitizers keep locks of their own in the child";
  limit(120);
  const auto forks = [] {
    ThreadPoolExecutor executor(2);
    std::atomic<bool> stop{false};
    auto busy = [&stop] {
      while (!stop) fib(14);
    };
    Future<void> one = executor.submit(busy), other = executor.submit(busy);
    auto uses_it = [&executor] {
      auto nested = [&executor] { return executor.submit(fib, 10).result() + executor.submit(fib, 9).result(); };
      return executor.submit(nested).result() == 89 && executor.submit(fib, 12).result() == 144;
    };
    std::minstd_rand random(seed());
    bool right = true;
    for (int i = rounds(200, 3000); i > 0 && right; --i) {
      for (unsigned pause = random() % 10'000; pause > 0; --pause) asm volatile("");
      const pid_t child = ::fork();
      if (child == 0) {
        ::alarm(10);
        ::_exit(uses_it() ? 0 : 1);
      }
      int status = -1;
      right = ::waitpid(child, &status, 0) == child && status == 0;
    }
    stop = true;
    one.result();
    other.result();
    return right ? 0 : 1;
  };
  EXPECT_EQ(in_child(forks, 100), 0) << "a child hung, or was wrong";
}

// Nobody in a child waits for what only the parent's threads can do.
TEST(ExecutorForkTest, NobodyWaitsForWhatWasLeftBehind) {
  threading::Event event;
  ThreadPoolExecutor executor(2);
  std::vector<Future<int>> futures;
  for (int i = 0; i < 2; ++i) {
    futures.push_back(executor.submit([&, i] {
      event.wait();
      return i;
    }));
  }
  auto completed = as_completed(futures);
  auto mapped = executor.map([](int i) { return i; }, std::views::iota(0, 3), {.ordered = false});
  Future<int> next = futures[0].then([](int i) { return i; });
  Future<int> after_next = next.then([](int i) { return i; });
  Future<std::vector<int>> both = all(futures);
  Future<int> one = any(futures);
  EXPECT_EQ(in_child([&] {
              int refused = 0;
              auto tries = [&](auto&& waits) {
                refused += throws<BrokenExecutor>(waits, "the task was left behind by a fork()");
              };
              tries([&] { futures[0].result(); });
              tries([&] { concurrent::futures::wait(futures); });
              tries([&] { static_cast<void>(completed.begin() == completed.end()); });
              tries([&] { mapped.next(); });
              tries([&] { after_next.result(); });
              tries([&] { both.result(); });
              tries([&] { one.result(); });
              tries([&] { futures[0].then([](int i) { return i; }).result(); });
              tries([&] { all(futures).result(); });
              tries([&] { any(futures).result(); });
              return 10 - refused;
            }),
            0);
  event.set();
  concurrent::futures::wait(futures);
}

}  // namespace
}  // namespace weft::test
