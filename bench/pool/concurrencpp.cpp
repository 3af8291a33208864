// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <concurrencpp/concurrencpp.h>

#include "workload.hpp"

struct Pool : bench::Tally {
  concurrencpp::runtime runtime;
  std::shared_ptr<concurrencpp::thread_pool_executor> executor = runtime.thread_pool_executor();

  explicit Pool(int workers) : runtime(with(workers)) {}

  template <class F>
  void post(F f) {
    executor->post(counted(f));
  }
  template <class F>
  auto submit(F f) {
    return executor->submit(f);
  }

  static concurrencpp::runtime_options with(int workers) {
    concurrencpp::runtime_options options;
    options.max_cpu_threads = workers;
    return options;
  }
};

int main(int argc, char** argv) { return bench::pool_main<Pool>(argc, argv); }
