// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <BS_thread_pool.hpp>

#include "workload.hpp"

struct Pool {
  BS::light_thread_pool pool;

  explicit Pool(int workers) : pool(workers) {}

  template <class F>
  void post(F f) {
    pool.detach_task(f);
  }
  void wait() { pool.wait(); }

  template <class F>
  auto submit(F f) {
    return pool.submit_task(f);
  }
};

int main(int argc, char** argv) { return bench::pool_main<Pool>(argc, argv); }
