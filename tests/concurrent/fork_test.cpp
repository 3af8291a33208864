// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>

#include "concurrent/support.hpp"
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

}  // namespace
}  // namespace weft::test
