// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Recorded histories of one owner and two thieves: each could have happened one
// call after the other on a deque.
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <deque>
#include <random>
#include <set>
#include <vector>

#include "support/crew.hpp"
#include "support/support.hpp"
#include "weft/detail/deque.hpp"

namespace weft::test {
namespace {

struct DequeCall {
  enum Kind { Push, Pop, Steal };
  Kind kind;
  int item;  // 0: there was none
  std::uint64_t from, to;
};

class DequeHistory {
 public:
  explicit DequeHistory(std::vector<DequeCall> calls) : calls_(std::move(calls)) {}

  bool linearizable() { return search(0, {}); }

 private:
  bool search(std::uint64_t done, std::deque<int> items) {
    if (done == (1ull << calls_.size()) - 1) return true;
    if (!seen_.emplace(done, items).second) return false;
    std::uint64_t first_end = ~0ull;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (!(done >> i & 1)) first_end = std::min(first_end, calls_[i].to);
    }
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      const DequeCall& call = calls_[i];
      if ((done >> i & 1) || call.from > first_end) continue;
      std::deque<int> after = items;
      if (call.kind == DequeCall::Push) {
        after.push_back(call.item);
      } else if (call.item == 0) {
        if (!items.empty()) continue;
      } else if (items.empty() || call.item != (call.kind == DequeCall::Pop ? items.back() : items.front())) {
        continue;
      } else {
        call.kind == DequeCall::Pop ? after.pop_back() : after.pop_front();
      }
      if (search(done | 1ull << i, std::move(after))) return true;
    }
    return false;
  }

  std::vector<DequeCall> calls_;
  std::set<std::pair<std::uint64_t, std::deque<int>>> seen_;
};

TEST(DequeHistoryTest, AcceptsAndRejects) {
  using C = DequeCall;
  EXPECT_TRUE(
      DequeHistory({{C::Push, 1, 0, 1}, {C::Push, 2, 2, 3}, {C::Steal, 1, 4, 5}, {C::Pop, 2, 4, 5}}).linearizable());
  EXPECT_FALSE(DequeHistory({{C::Push, 1, 0, 1}, {C::Push, 2, 2, 3}, {C::Steal, 2, 4, 5}}).linearizable());
  EXPECT_FALSE(DequeHistory({{C::Push, 1, 0, 1}, {C::Pop, 0, 2, 3}, {C::Steal, 1, 4, 5}}).linearizable());
  EXPECT_FALSE(DequeHistory({{C::Push, 1, 0, 1}, {C::Pop, 1, 2, 3}, {C::Steal, 1, 2, 3}}).linearizable());
}

template <class Deque, class Take>
void check_histories(Take take) {
  constexpr int Thieves = 2, OwnersCalls = 8, ThiefsCalls = 4;
  const int rounds_to_run = rounds(3000, 200'000);
  const std::uint64_t start = seed();
  Deque deque;
  std::vector<int> items(OwnersCalls + 1);
  for (int i = 0; i <= OwnersCalls; ++i) items[static_cast<std::size_t>(i)] = i;
  std::atomic<int> round{-1}, ready{0};
  std::atomic<std::uint64_t> clock{0};
  std::vector<std::vector<DequeCall>> seen(Thieves + 1);

  Bunch<OsThreads> hands(Thieves + 1, [&](int who) {
    std::mt19937_64 random(start * 977 + static_cast<std::uint64_t>(who));
    for (int r = 0; r < rounds_to_run; ++r) {
      while (round.load() < r) ::sched_yield();
      int next = 1;
      for (int c = 0; c < (who == 0 ? OwnersCalls : ThiefsCalls); ++c) {
        for (auto pause = random() % 32; pause != 0; --pause) clock.load();
        bool push = who == 0 && random() % 2 == 0;
        DequeCall call{push ? DequeCall::Push : who == 0 ? DequeCall::Pop : DequeCall::Steal, 0, clock.fetch_add(1), 0};
        if (push) {
          call.item = next;
          deque.push(&items[static_cast<std::size_t>(next++)]);
        } else {
          int* item = who == 0 ? deque.pop() : take(deque);
          call.item = item != nullptr ? *item : 0;
        }
        call.to = clock.fetch_add(1);
        seen[static_cast<std::size_t>(who)].push_back(call);
      }
      ++ready;
    }
  });
  for (int r = 0; r < rounds_to_run; ++r) {
    ready = 0;
    round = r;
    ASSERT_TRUE(wait_until([&] { return ready == Thieves + 1; }));
    std::vector<DequeCall> calls;
    for (auto& of_one : seen) {
      calls.insert(calls.end(), of_one.begin(), of_one.end());
      of_one.clear();
    }
    while (int* left = take(deque)) {
      std::uint64_t now = clock.fetch_add(2);
      calls.push_back({DequeCall::Steal, *left, now, now + 1});
    }
    if (!DequeHistory(calls).linearizable()) {
      round = rounds_to_run;
      FAIL() << "round " << r;
    }
  }
}

TEST(DequeHistoryTest, IsLinearizable) {
  check_histories<detail::Deque<int>>([](auto& deque) { return deque.steal(); });
}

TEST(DequeHistoryTest, IsLinearizableWithWhatIsKeptBack) {
  using detail::ThisProcess;
  if (!ThisProcess::can_fence_everyone()) GTEST_SKIP() << "the kernel refuses membarrier()";
  check_histories<detail::Deque<int, ThisProcess, 256, 3, 1>>([](auto& deque) -> int* {
    for (;;) {
      if (int* item = deque.steal()) return item;
      const std::int64_t oldest = deque.find_oldest();
      if (oldest == deque.Nowhere) return nullptr;
      ThisProcess::fence_everyone();
      if (int* item = deque.take_oldest(oldest)) return item;
    }
  });
}

}  // namespace
}  // namespace weft::test
