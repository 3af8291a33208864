// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Sorting by halves, each half sorted at the same time if a worker is free. A
// fork costs a few nanoseconds, so one need not count them.

#include <weft/concurrent/futures.hpp>

#include <algorithm>
#include <cstdio>
#include <span>
#include <vector>

using namespace weft::concurrent::futures;

void sort(std::span<int> numbers) {
  if (numbers.size() < 2) return;
  std::span<int> left = numbers.first(numbers.size() / 2), right = numbers.subspan(numbers.size() / 2);
  join([=] { sort(left); }, [=] { sort(right); });
  std::inplace_merge(left.begin(), right.begin(), right.end());
}

int main() {
  std::vector<int> numbers;
  for (int i = 0; i < 100'000; ++i) numbers.push_back(i * 7919 % 100'003);

  ThreadPoolExecutor executor(4);
  executor.submit([&] { sort(numbers); }).result();

  std::printf("%zu numbers, %s\n", numbers.size(), std::ranges::is_sorted(numbers) ? "sorted" : "not sorted");
  std::printf("the first are %d, %d and %d\n", numbers[0], numbers[1], numbers[2]);
}
