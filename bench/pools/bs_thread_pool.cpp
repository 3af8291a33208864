// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <BS_thread_pool.hpp>

#include "workload.hpp"

struct Pool {
  static constexpr std::string_view name = "submit";
  BS::light_thread_pool pool;

  explicit Pool(int workers) : pool(workers) {}

  template <class F>
  auto submit(F f) {
    return pool.submit_task(f);
  }

  template <class F>
  auto run(const F& f, int jobs) {
    return bench::by_futures(*this, f, jobs);
  }
};

int main(int argc, char** argv) { return bench::pools_main<Pool>(argc, argv); }
