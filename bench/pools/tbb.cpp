// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "../pool/tbb.hpp"

#include "workload.hpp"

struct Pool : bench::TbbPool {
  static constexpr std::string_view name = "submit";
  using bench::TbbPool::TbbPool;

  template <class F>
  auto run(const F& f, int jobs) {
    return bench::by_futures(*this, f, jobs);
  }
};

int main(int argc, char** argv) { return bench::pools_main<Pool>(argc, argv); }
