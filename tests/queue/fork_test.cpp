// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "os/sanitizer.hpp"
#include "support/child.hpp"
#include "support/crew.hpp"
#include "support/support.hpp"
#include "weft/queue.hpp"
#include "weft/threading.hpp"

namespace weft::test {
namespace {

template <class Q>
class QueueForkTest : public ::testing::Test {};
using Queues = ::testing::Types<queue::Queue<std::shared_ptr<int>>, queue::LifoQueue<std::shared_ptr<int>>,
                                queue::PriorityQueue<std::shared_ptr<int>>>;
TYPED_TEST_SUITE(QueueForkTest, Queues);

// Threads are in the middle of anything when the process forks; in the child,
// where they are not, the queue still works, takes what is there, and joins nobody.
TYPED_TEST(QueueForkTest, AChildIsNotStuck) {
#if defined(WEFT_ASAN) || defined(WEFT_TSAN)
  GTEST_SKIP() << "the sanitizers' allocators do not let go of their locks in a child";
#endif
  limit(60);
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
      int status = in_child([&] {
        while (std::optional<std::shared_ptr<int>> item = q.try_get()) {
          if (!*item) return 1;
        }
        for (int n = 0; n < 300; ++n) {
          q.put(std::make_shared<int>(n));
          if (*q.get() != n) return 2;
        }
        // New threads of the child wait and are woken, also those that join.
        while (q.unfinished_tasks() != 0) q.task_done();
        q.put(std::make_shared<int>(0));
        threading::Thread joiner([&] { q.join(); });
        joiner.start();
        if (!wait_until([&] { return joiner.status().waiting_for == "Queue.join"; })) return 5;
        q.get();
        q.task_done();
        if (!joiner.join(5)) ::_exit(6);
        Bunch<OsThreads> sleeper(1, [&] { q.get(); });
        q.put(std::make_shared<int>(1));
        if (!sleeper.wait_for_finished()) return 3;
        while (q.unfinished_tasks() != 0) q.task_done();
        return q.join(1) && q.empty() ? 0 : 4;
      });
      EXPECT_EQ(status, 0) << "maxsize " << maxsize << ", fork " << i;
      if (status != 0) break;
    }
    enough = true;
  }
}

std::atomic<bool> in_compare{false}, leave_compare{false}, slow{false};

struct Slow {
  bool operator()(int a, int b) const {
    if (slow && (a == 99 || b == 99)) {
      in_compare = true;
      while (!leave_compare) ::sched_yield();
    }
    return a < b;
  }
};

// Forks while a thread of the parent is in the middle of `put`.
template <class Put, class Child>
int fork_in_the_middle(Put put, Child child) {
  in_compare = leave_compare = false;
  slow = true;
  Bunch<OsThreads> hand(1, put);
  EXPECT_TRUE(wait_until([] { return in_compare.load(); }));
  int status = in_child([&] {
    slow = false;
    return child();
  });
  leave_compare = true;
  hand.join();
  slow = false;
  return status;
}

// What the other thread was changing is gone, and with it the tasks: so there are
// fewer than the queue has seen before.
TEST(QueueForkTest, AJoinInAChildEndsWithItsLastTask) {
  queue::PriorityQueue<int, Slow> q;
  for (int i = 0; i < 3; ++i) q.put(i);
  q.get();
  q.task_done();
  int status = fork_in_the_middle([&] { q.put(99); },
                                  [&] {
                                    q.put(7);
                                    threading::Thread joiner([&] { q.join(); });
                                    joiner.start();
                                    if (!wait_until([&] { return joiner.status().waiting_for == "Queue.join"; })) {
                                      return 1;
                                    }
                                    if (q.get() != 7 || q.unfinished_tasks() != 1) return 2;
                                    q.task_done();
                                    if (!joiner.join(5)) ::_exit(3);
                                    return 0;
                                  });
  EXPECT_EQ(status, 0);
}

TEST(QueueForkTest, AChildIsNotOwedTheTasksOfAnUnfinishedPutMany) {
  queue::PriorityQueue<int, Slow> q;
  int status = fork_in_the_middle(
      [&] {
        q.put_many(std::vector{1, 2, 99});
      },
      [&] {
        if (q.try_get() || q.qsize() != 0) return 1;
        return q.unfinished_tasks() == 0 && q.join(0) ? 0 : 2;
      });
  EXPECT_EQ(status, 0);
}

TEST(QueueForkTest, AChildKeepsTheOrder) {
  const Slow before;
  auto later = [&before](int a, int b) { return before(b, a); };
  queue::PriorityQueue<int, decltype(later)> q(0, later);
  q.put(1);
  int status = fork_in_the_middle([&] { q.put(99); },
                                  [&] {
                                    q.put(7);
                                    q.put(8);
                                    return q.get() == 8 && q.get() == 7 ? 0 : 1;
                                  });
  EXPECT_EQ(status, 0);
}

TEST(QueueForkTest, AChildHasItsOwnCopyOfTheItems) {
  queue::Queue<int> q;
  for (int i = 0; i < 1000; ++i) q.put(i);
  EXPECT_EQ(in_child([&] {
              for (int i = 0; i < 1000; ++i) {
                if (q.get(0) != i) return 1;
              }
              return q.empty() ? 0 : 2;
            }),
            0);
  EXPECT_EQ(q.qsize(), 1000u);
}

}  // namespace
}  // namespace weft::test
