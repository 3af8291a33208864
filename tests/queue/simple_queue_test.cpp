// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <optional>
#include <vector>

#include "contracts/contract.hpp"
#include "contracts/crews.hpp"
#include "weft/queue.hpp"

namespace weft::test {
namespace {

// BaseSimpleQueueTest of CPython's test_queue.py.

TEST(SimpleQueueTest, Basic) {
  queue::SimpleQueue<int> q;
  EXPECT_TRUE(q.empty());
  EXPECT_EQ(q.qsize(), 0u);
  q.put(1);
  EXPECT_FALSE(q.empty());
  EXPECT_EQ(q.qsize(), 1u);
  q.put(2);
  q.put_nowait(3);
  q.put(4);
  EXPECT_EQ(q.qsize(), 4u);
  EXPECT_EQ(q.get(), 1);
  EXPECT_EQ(q.get_nowait(), 2);
  EXPECT_EQ(q.get(0), 3);
  EXPECT_EQ(q.get(0.1), 4);
  EXPECT_THROW(q.get(0), queue::Empty);
  EXPECT_THROW(q.get(0.001), queue::Empty);
  EXPECT_THROW(q.get_nowait(), queue::Empty);
  EXPECT_FALSE(q.try_get());
  EXPECT_TRUE(q.empty());
}

TEST(SimpleQueueTest, NegativeTimeoutRaisesException) {
  queue::SimpleQueue<int> q;
  q.put(1);
  EXPECT_THROW(q.get(-1), ValueError);
}

/// Those that others act in, with whoever there is.
template <class Hole>
class SimpleQueueTests : public ::testing::Test {};
TYPED_TEST_SUITE(SimpleQueueTests, EveryCrew<queue::SimpleQueue<std::optional<int>>>, CrewNames);

// Feeders that share out the numbers, consumers that take with `take` until they
// meet a nothing.
template <class Hole, class Take>
std::vector<int> run_threads(int threads, int numbers, Take take) {
  typename Hole::Type q;
  std::atomic<int> next{0};
  std::vector<std::vector<int>> results(static_cast<std::size_t>(threads));
  {
    Bunch<typename Hole::Crew> consumers(threads, [&](int me) {
      while (std::optional<int> value = take(q)) results[static_cast<std::size_t>(me)].push_back(*value);
    });
    Bunch<typename Hole::Crew> feeders(threads, [&] {
      for (int n; (n = next++) < numbers;) q.put(n);
      q.put(std::nullopt);
    });
  }
  EXPECT_TRUE(q.empty());
  std::vector<int> all;
  for (const auto& of_one : results) all.insert(all.end(), of_one.begin(), of_one.end());
  return all;
}

std::vector<int> up_to(int n) {
  std::vector<int> numbers(static_cast<std::size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

std::vector<int> sorted(std::vector<int> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

TYPED_TEST(SimpleQueueTests, Order) {
  EXPECT_EQ(run_threads<TypeParam>(1, 10000, [](auto& q) { return q.get(); }), up_to(10000));
}

TYPED_TEST(SimpleQueueTests, ManyThreads) {
  EXPECT_EQ(sorted(run_threads<TypeParam>(50, 10000, [](auto& q) { return q.get(); })), up_to(10000));
}

TYPED_TEST(SimpleQueueTests, ManyThreadsNonblock) {
  auto take = [](auto& q) {
    std::optional<std::optional<int>> value;
    EXPECT_TRUE(wait_until([&] { return (value = q.try_get()).has_value(); }));
    return value.value_or(std::nullopt);
  };
  EXPECT_EQ(sorted(run_threads<TypeParam>(50, 10000, take)), up_to(10000));
}

TYPED_TEST(SimpleQueueTests, ManyThreadsTimeout) {
  auto take = [](auto& q) {
    for (;;) {
      if (auto value = q.try_get(1e-5)) return *value;
    }
  };
  EXPECT_EQ(sorted(run_threads<TypeParam>(50, 10000, take)), up_to(10000));
}

TYPED_TEST(SimpleQueueTests, EveryItemFindsItsSleeper) {
  queue::SimpleQueue<int> q;
  for (int round = 0; round < 50; ++round) {
    Bunch<typename TypeParam::Crew> hands(3, [&] { q.get(); });
    ASSERT_TRUE(wait_until([&] { return waiters(&q) == 3; }));
    for (int i = 0; i < 3; ++i) q.put(i);
    ASSERT_TRUE(hands.wait_for_finished());
  }
}

// A queue keeps nothing of what was taken out of it.
TEST(SimpleQueueTest, References) {
  queue::SimpleQueue<std::shared_ptr<int>> q;
  std::vector<std::weak_ptr<int>> watched;
  for (int i = 0; i < 20; ++i) {
    auto item = std::make_shared<int>(i);
    watched.push_back(item);
    q.put(std::move(item));
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(watched[static_cast<std::size_t>(i)].expired());
    EXPECT_EQ(*q.get(), i);
    EXPECT_TRUE(watched[static_cast<std::size_t>(i)].expired());
  }
}

}  // namespace
}  // namespace weft::test
