// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <ranges>
#include <weft/multiprocessing/pool.hpp>

#include "workload.hpp"

// Into a vector that is there already, as the others do.
struct Map {
  weft::multiprocessing::ThreadPool pool;

  explicit Map(int workers) : pool(workers) {}

  template <class F, class T>
  void map(F f, const std::vector<T>& in, std::vector<T>& out) {
    pool.map([&](std::size_t i) { out[i] = f(in[i]); }, std::views::iota(std::size_t{0}, in.size()));
  }
};

int main(int argc, char** argv) { return bench::map_main<Map>(argc, argv); }
