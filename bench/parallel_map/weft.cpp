// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/multiprocessing/pool.hpp>

#include "workload.hpp"

// Into a vector that is there already, as the others do.
struct Map {
  weft::multiprocessing::ThreadPool pool{2};

  template <class F, class T>
  void map(F f, const std::vector<T>& in, std::vector<T>& out) {
    pool.map([&](const T& item) { out[static_cast<std::size_t>(&item - in.data())] = f(item); }, in);
  }
};

int main(int argc, char** argv) { return bench::map_main<Map>(argc, argv); }
