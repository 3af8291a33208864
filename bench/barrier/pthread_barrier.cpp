// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <pthread.h>

#include "workload.hpp"

struct Barrier {
  pthread_barrier_t barrier;

  explicit Barrier(unsigned n) { pthread_barrier_init(&barrier, nullptr, n); }

  void wait() { pthread_barrier_wait(&barrier); }
};

int main(int argc, char** argv) { return bench::barrier_main<Barrier>(argc, argv); }
