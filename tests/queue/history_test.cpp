// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/history.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <optional>
#include <random>
#include <vector>

#include "support/crew.hpp"
#include "support/support.hpp"
#include "weft/queue.hpp"

namespace weft::test {
namespace {

TEST(FifoHistoryTest, AcceptsAndRejects) {
  using C = Call;
  EXPECT_TRUE(
      FifoHistory({{C::Put, 1, 0, 3}, {C::Put, 2, 1, 2}, {C::Get, 2, 4, 5}, {C::Get, 1, 6, 7}}, 0).linearizable());
  EXPECT_FALSE(FifoHistory({{C::Put, 1, 0, 1}, {C::Put, 2, 2, 3}, {C::Get, 2, 4, 5}}, 0).linearizable());
  EXPECT_FALSE(FifoHistory({{C::Put, 1, 0, 1}, {C::SawEmpty, 0, 2, 3}, {C::Get, 1, 4, 5}}, 0).linearizable());
  EXPECT_TRUE(FifoHistory({{C::Put, 1, 0, 1}, {C::SawEmpty, 0, 2, 5}, {C::Get, 1, 3, 4}}, 0).linearizable());
  EXPECT_FALSE(FifoHistory({{C::Put, 1, 0, 1}, {C::Get, 1, 2, 3}, {C::SawFull, 0, 4, 5}}, 1).linearizable());
}

// Threads that meet again and again, each time for a few random calls on a
// queue that goes on from where it was, and whose items are taken at the end.
void record_and_check(int maxsize, int rounds_to_run, std::uint64_t start) {
  constexpr int Threads = 3, Calls = 5;
  queue::Queue<int> q(maxsize);
  std::atomic<int> round{-1}, ready{0};
  std::atomic<std::uint64_t> clock{0};
  std::vector<std::vector<Call>> seen(Threads);

  auto act = [&](int who) {
    std::mt19937_64 random(start * 977 + static_cast<std::uint64_t>(who));
    for (int r = 0; r < rounds_to_run; ++r) {
      while (round.load() < r) ::sched_yield();
      for (int c = 0; c < Calls; ++c) {
        Call call{Call::Put, (r * Threads + who) * Calls + c, 0, 0, who};
        unsigned kind = random() % 8;
        for (auto pause = random() % 32; pause != 0; --pause) clock.load();
        call.from = clock.fetch_add(1);
        if (kind < 4) {
          if (!(kind == 0 ? q.put_many(std::vector<int>{call.item}, 0) == 1 : q.try_put(call.item))) {
            call.kind = Call::SawFull;
          }
        } else {
          std::optional<int> got;
          if (kind == 4) {
            std::vector<int> some = q.get_many(1, 0);
            if (!some.empty()) got = some[0];
          } else {
            got = q.try_get();
          }
          call.kind = got ? Call::Get : Call::SawEmpty;
          call.item = got.value_or(0);
        }
        call.to = clock.fetch_add(1);
        seen[static_cast<std::size_t>(who)].push_back(call);
      }
      ++ready;
    }
  };
  Bunch<OsThreads> threads(Threads, act);
  for (int r = 0; r < rounds_to_run; ++r) {
    ready = 0;
    round = r;
    ASSERT_TRUE(wait_until([&] { return ready == Threads; }));
    std::vector<Call> calls;
    for (auto& of_one : seen) {
      calls.insert(calls.end(), of_one.begin(), of_one.end());
      of_one.clear();
    }
    while (std::optional<int> left = q.try_get()) {
      std::uint64_t now = clock.fetch_add(2);
      calls.push_back({Call::Get, *left, now, now + 1, Threads});
    }
    FifoHistory history(calls, static_cast<std::size_t>(maxsize));
    if (!history.linearizable()) {
      ADD_FAILURE() << "maxsize " << maxsize << ", round " << r << "\n" << history.text();
      round = rounds_to_run;
      return;
    }
  }
}

TEST(QueueHistoryTest, UnboundedIsLinearizable) { record_and_check(0, rounds(3000, 200000), seed()); }
TEST(QueueHistoryTest, OneIsLinearizable) { record_and_check(1, rounds(3000, 200000), seed()); }
TEST(QueueHistoryTest, ThreeIsLinearizable) { record_and_check(3, rounds(3000, 200000), seed()); }

}  // namespace
}  // namespace weft::test
