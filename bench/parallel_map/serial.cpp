// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "workload.hpp"

struct Map {
  explicit Map(int) {}

  template <class F, class T>
  void map(F f, const std::vector<T>& in, std::vector<T>& out) {
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = f(in[i]);
  }
};

int main(int argc, char** argv) { return bench::map_main<Map>(argc, argv); }
