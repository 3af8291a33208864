// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Three workers in two phases: nobody begins the second before all have
// finished the first. The action runs once in between.

#include <weft/threading.hpp>

#include <cstdio>
#include <vector>

using namespace weft::threading;

int main() {
  std::vector<int> squares(3), sums(3);
  Barrier phase(3, {.action = [&] { std::printf("squares: %d %d %d\n", squares[0], squares[1], squares[2]); }});

  std::vector<Thread> workers;
  for (int i = 0; i < 3; ++i) {
    workers.emplace_back([&, i] {
      squares[i] = (i + 1) * (i + 1);
      phase.wait();
      sums[i] = squares[0] + squares[1] + squares[2];
    });
    workers.back().start();
  }
  for (Thread& worker : workers) worker.join();
  std::printf("every worker sees their sum: %d %d %d\n", sums[0], sums[1], sums[2]);
}
