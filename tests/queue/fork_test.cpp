// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "support/crew.hpp"
#include "support/support.hpp"
#include "weft/queue.hpp"

namespace weft::test {
namespace {

// Whether a child of fork() comes to its end, within ten seconds, with `act` true.
bool child_does(const std::function<bool()>& act) {
  pid_t child = ::fork();
  if (child == 0) ::_exit(act() ? 0 : 1);
  int status = -1;
  if (!wait_until([&] { return ::waitpid(child, &status, WNOHANG) == child; })) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return false;
  }
  return status == 0;
}

template <class Q>
class QueueForkTest : public ::testing::Test {};
using Queues = ::testing::Types<queue::Queue<std::shared_ptr<int>>, queue::LifoQueue<std::shared_ptr<int>>,
                                queue::PriorityQueue<std::shared_ptr<int>>>;
TYPED_TEST_SUITE(QueueForkTest, Queues);

// Threads are in the middle of anything when the process forks; in the child,
// where they are not, the queue still works, takes what is there, and joins nobody.
TYPED_TEST(QueueForkTest, AChildIsNotStuck) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer's allocator does not let go of its locks in a child";
#endif
  limit(stressed() ? 0 : 60);
  for (int maxsize : {0, 1, 100}) {
    TypeParam q(maxsize);
    std::atomic<bool> enough{false};
    Bunch<OsThreads> hands(6, [&](int me) {
      while (!enough) {
        if (me % 2 == 0 && q.qsize() < 300) {  // more than one block
          q.try_put(std::make_shared<int>(me), 0.001);
        } else if (q.try_get(0.001)) {
          q.task_done();
        }
      }
    });
    for (int i = 0; i < rounds(40, 3000); ++i) {
      bool ok = child_does([&] {
        while (std::optional<std::shared_ptr<int>> item = q.try_get()) {
          if (!*item) return false;
        }
        for (int n = 0; n < 300; ++n) {
          q.put(std::make_shared<int>(n));
          if (*q.get() != n) return false;
        }
#ifndef __SANITIZE_THREAD__  // which does not let such a child start threads
        // New threads of the child wait and are woken.
        Bunch<OsThreads> sleeper(1, [&] { q.get(); });
        q.put(std::make_shared<int>(1));
        if (!sleeper.wait_for_finished()) return false;
#endif
        while (q.unfinished_tasks() != 0) q.task_done();
        return q.join(1) && q.empty();
      });
      EXPECT_TRUE(ok) << "maxsize " << maxsize << ", fork " << i;
      if (!ok) break;
    }
    enough = true;
  }
}

TEST(QueueForkTest, AChildHasItsOwnCopyOfTheItems) {
  queue::Queue<int> q;
  for (int i = 0; i < 1000; ++i) q.put(i);
  EXPECT_TRUE(child_does([&] {
    for (int i = 0; i < 1000; ++i) {
      if (q.get(0) != i) return false;
    }
    return q.empty();
  }));
  EXPECT_EQ(q.qsize(), 1000u);
}

}  // namespace
}  // namespace weft::test
