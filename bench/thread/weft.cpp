// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/threading/thread.hpp>

#include "workload.hpp"

struct Thread {
  weft::threading::Thread thread;

  template <class F>
  explicit Thread(F f) : thread(f) {
    thread.start();
  }

  void join() { thread.join(); }
};

int main(int argc, char** argv) { return bench::thread_main<Thread>(argc, argv); }
