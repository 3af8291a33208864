// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <tbb/global_control.h>

#include <algorithm>
#include <execution>

#include "workload.hpp"

struct Map {
  tbb::global_control limit;

  explicit Map(std::size_t workers) : limit(tbb::global_control::max_allowed_parallelism, workers) {}

  template <class F, class T>
  void map(F f, const std::vector<T>& in, std::vector<T>& out) {
    std::transform(std::execution::par, in.begin(), in.end(), out.begin(), f);
  }
};

int main(int argc, char** argv) { return bench::map_main<Map>(argc, argv); }
