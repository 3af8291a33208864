// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The process waits for its threads at the end, but not for daemons.

#include <weft/threading.hpp>

#include <cstdio>

using namespace weft::threading;

int main() {
  static Event never, main_is_over;

  Thread daemon(
      [] {
        never.wait();
        std::puts("never printed");
      },
      {.daemon = true});
  daemon.start();

  Thread short_one([] { std::puts("short: done"); });
  short_one.start();
  short_one.join();
  std::printf("main: short is %s, the daemon is %s\n", short_one.is_alive() ? "alive" : "dead",
              daemon.is_alive() ? "alive" : "dead");

  Thread late([] {
    main_is_over.wait();
    std::puts("late: done, although nobody joined me");
  });
  late.start();
  std::puts("main: over");
  main_is_over.set();
}
