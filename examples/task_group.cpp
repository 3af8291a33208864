// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Tasks that end together: when one fails, the others are stopped, and none is
// left when the scope is.

#include <weft/concurrent/futures.hpp>
#include <weft/threading.hpp>

#include <cstdio>
#include <stdexcept>
#include <stop_token>

using namespace weft::concurrent::futures;

int main() {
  ThreadPoolExecutor executor(4);
  {
    TaskGroup group(executor);
    Future<int> a = group.submit([] { return 6; }), b = group.submit([] { return 7; });
    group.join();
    std::printf("both are done: %d\n", a.result() * b.result());
  }

  weft::threading::Event never, begun;
  try {
    TaskGroup group(executor);
    group.submit([&](std::stop_token stop) {
      begun.set();
      never.wait(stop);
      std::printf("the first was stopped\n");
    });
    group.submit([&] {
      begun.wait();
      throw std::runtime_error("the second failed");
    });
    group.join();
  } catch (const std::runtime_error& error) {
    std::printf("the group: %s\n", error.what());
  }
}
