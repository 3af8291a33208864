// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <concurrentqueue/blockingconcurrentqueue.h>

#include "workload.hpp"

struct Semaphore {
  moodycamel::LightweightSemaphore semaphore;

  explicit Semaphore(int count) : semaphore(count) {}

  void acquire() {
    while (!semaphore.wait()) {
    }
  }
  void release() { semaphore.signal(); }
};

int main(int argc, char** argv) { return bench::semaphore_main<Semaphore>(argc, argv); }
