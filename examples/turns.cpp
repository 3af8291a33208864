// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Threads that run in a set order, round after round. Python passes locks
// around for this; weft has Turns.

#include <weft/threading.hpp>

#include <cstdio>
#include <vector>

using namespace weft::threading;

int main() {
  Turns turns(3);
  std::vector<Thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 3; ++round) {
        auto turn = turns.take(i);
        std::printf("%c%s", "ABC"[i], i == 2 ? "\n" : " ");
      }
    });
    threads.back().start();
  }
  for (Thread& thread : threads) thread.join();
}
