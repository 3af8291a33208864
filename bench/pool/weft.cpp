// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/concurrent/futures.hpp>

#include "workload.hpp"

struct Pool : bench::Tally {
  weft::concurrent::futures::ThreadPoolExecutor executor;

  explicit Pool(int workers) : executor(workers) {}

  template <class F>
  void post(F f) {
    executor.submit(counted(f));
  }

  struct Result {
    weft::concurrent::futures::Future<int> future;
    int get() { return future.result(); }
  };
  template <class F>
  auto submit(F f) {
    return Result{executor.submit(f)};
  }
  template <class F>
  void as_worker(F f) {
    executor.submit(f).result();
  }
};

int main(int argc, char** argv) { return bench::pool_main<Pool>(argc, argv); }
