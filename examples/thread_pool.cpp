// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A team of threads, and the ways to hand it work: all at once, as results are
// taken (the numbers never end), and one call at a time.

#include <weft/multiprocessing.hpp>

#include <cstdio>
#include <ranges>
#include <utility>
#include <vector>

using weft::multiprocessing::ThreadPool;

int square(int x) { return x * x; }

int main() {
  ThreadPool pool(4);

  std::printf("map:");
  for (int x : pool.map(square, std::vector<int>{1, 2, 3, 4})) std::printf(" %d", x);

  std::printf("\nimap:");
  for (int x : pool.imap(square, std::views::iota(1))) {
    if (x > 50) break;
    std::printf(" %d", x);
  }

  std::printf("\nstarmap:");
  std::vector<std::pair<int, int>> pairs{{2, 3}, {4, 5}};
  for (int x : pool.starmap([](int a, int b) { return a * b; }, pairs)) std::printf(" %d", x);

  int sum = 0;
  for (int x : pool.imap_unordered(square, std::vector<int>{1, 2, 3})) sum += x;
  std::printf("\nimap_unordered: a sum of %d\n", sum);

  auto result = pool.apply_async(square, 12);
  std::printf("apply_async: %d\n", result.get(10));

  pool.close();
  pool.join();
}
