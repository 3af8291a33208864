// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <barrier>

#include "workload.hpp"

struct Barrier {
  std::barrier<> barrier;

  explicit Barrier(int n) : barrier(n) {}

  void wait() { barrier.arrive_and_wait(); }
};

int main(int argc, char** argv) { return bench::barrier_main<Barrier>(argc, argv); }
