// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include "weft/concurrent/futures.hpp"

namespace weft::test {
namespace {

using namespace concurrent::futures;

TEST(ThreadPoolExecutorTest, Submit) {
  ThreadPoolExecutor executor(2);
  Future<int> future = executor.submit([](int a, int b) { return a * b; }, 6, 7);
  EXPECT_EQ(future.result(), 42);
}

TEST(ThreadPoolExecutorTest, ManySubmits) {
  ThreadPoolExecutor executor(2);
  std::vector<Future<int>> futures;
  for (int i = 0; i < 100000; ++i) futures.push_back(executor.submit([i] { return i; }));
  for (int i = 0; i < 100000; ++i) ASSERT_EQ(futures[static_cast<std::size_t>(i)].result(), i);
}

}  // namespace
}  // namespace weft::test
