// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "workload.hpp"

struct Map {
  tbb::global_control limit;

  explicit Map(std::size_t workers) : limit(tbb::global_control::max_allowed_parallelism, workers) {}

  template <class F, class T>
  void map(F f, const std::vector<T>& in, std::vector<T>& out) {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, in.size()), [&](const auto& part) {
      for (std::size_t i = part.begin(); i != part.end(); ++i) out[i] = f(in[i]);
    });
  }
};

int main(int argc, char** argv) { return bench::map_main<Map>(argc, argv); }
