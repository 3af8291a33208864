// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include "workload.hpp"

// The least that an event can be: one word, and the kernel.
struct Event {
  std::atomic<std::uint32_t> word{0};

  void set() {
    word.store(1);
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }
  void wait() {
    while (word.load() == 0) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }
  void reset() { word.store(0); }
};

int main(int argc, char** argv) { return bench::event_main<Event>(argc, argv); }
