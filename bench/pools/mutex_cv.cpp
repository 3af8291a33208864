// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "../pool/mutex_cv.hpp"

#include "workload.hpp"

struct Pool : bench::MutexPool {
  static constexpr std::string_view name = "submit";
  using bench::MutexPool::MutexPool;

  template <class F>
  auto run(const F& f, int jobs) {
    return bench::by_futures(*this, f, jobs);
  }
};

int main(int argc, char** argv) { return bench::pools_main<Pool>(argc, argv); }
