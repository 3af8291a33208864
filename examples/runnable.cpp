// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A thread with a run() of its own. In Python the class derives from Thread; in
// weft from Runnable, and the Thread is a handle, so that nothing is destroyed
// under the feet of what runs.

#include <weft/threading.hpp>

#include <cstdio>
#include <memory>

using namespace weft::threading;

struct Counter : Runnable {
  explicit Counter(int n) : number(n) {}

  void run() override {
    for (int i = 1; i <= number; ++i) sum += i;
  }

  int number, sum = 0;
};

int main() {
  auto counter = std::make_shared<Counter>(100);
  Thread thread(counter);
  thread.start();
  thread.join();
  std::printf("1 + 2 + ... + 100 = %d\n", counter->sum);
}
