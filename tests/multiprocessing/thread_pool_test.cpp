// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include <numeric>

#include "weft/multiprocessing.hpp"

namespace weft::test {
namespace {

using multiprocessing::ThreadPool;

TEST(ThreadPoolTest, Map) {
  ThreadPool pool(2);
  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::vector<int> squares = pool.map([](int x) { return x * x; }, numbers);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(squares[static_cast<std::size_t>(i)], i * i);
  auto later = pool.map_async([](int x) { return x + 1; }, numbers);
  EXPECT_EQ(later.get()[999], 1000);
  int next = 0;
  for (int x : pool.imap([](int y) { return y; }, numbers)) ASSERT_EQ(x, next++);
  EXPECT_EQ(next, 1000);
  long sum = 0;
  for (int x : pool.imap_unordered([](int y) { return y; }, numbers, {.chunksize = 7})) sum += x;
  EXPECT_EQ(sum, 499500);
  EXPECT_EQ(pool.apply([](int a, int b) { return a + b; }, 1, 2), 3);
  EXPECT_EQ(pool.starmap([](int a, int b) { return a * b; }, std::vector<std::pair<int, int>>{{1, 2}, {3, 4}}),
            (std::vector<int>{2, 12}));
  pool.close();
  pool.join();
}

}  // namespace
}  // namespace weft::test
