// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Three ways to take results from an executor: in order, as they come, and by a
// callback. A failure comes where its result would have come.

#include <weft/concurrent/futures.hpp>

#include <cstdio>
#include <stdexcept>
#include <vector>

using namespace weft::concurrent::futures;

int divide(int a, int b) {
  if (b == 0) throw std::domain_error("division by zero");
  return a / b;
}

int main() {
  ThreadPoolExecutor executor(2);

  std::vector<Future<int>> futures;
  for (int b : {1, 2, 0, 4}) futures.push_back(executor.submit(divide, 12, b));
  for (Future<int>& future : futures) {
    try {
      std::printf("12 divided: %d\n", future.result());
    } catch (const std::domain_error& error) {
      std::printf("12 divided: %s\n", error.what());
    }
  }

  int failed = 0, sum = 0;
  for (Future<int>& future : as_completed(futures)) future.exception() ? ++failed : sum += future.result();
  std::printf("as they came: a sum of %d, and %d failed\n", sum, failed);

  auto [done, not_done] = wait(futures);
  std::printf("done: %zu, not done: %zu\n", done.size(), not_done.size());

  Future<int> last = executor.submit(divide, 100, 7);
  last.wait();
  last.add_done_callback([](Future<int> future) { std::printf("a callback got %d\n", future.result()); });
}
