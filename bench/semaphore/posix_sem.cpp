// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <semaphore.h>

#include "workload.hpp"

struct Semaphore {
  sem_t semaphore;

  explicit Semaphore(unsigned count) { sem_init(&semaphore, 0, count); }

  void acquire() {
    while (sem_wait(&semaphore) != 0) {
    }
  }
  void release() { sem_post(&semaphore); }
};

int main(int argc, char** argv) { return bench::semaphore_main<Semaphore>(argc, argv); }
