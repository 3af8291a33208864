// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "workload.hpp"

struct Map {
  int workers;

  explicit Map(int n) : workers(n) {}

  template <class F, class T>
  void map(F f, const std::vector<T>& in, std::vector<T>& out) {
#pragma omp parallel for num_threads(workers)
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = f(in[i]);
  }
};

int main(int argc, char** argv) { return bench::map_main<Map>(argc, argv); }
