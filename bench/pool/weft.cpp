// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/concurrent/futures.hpp>

#include "workload.hpp"

struct Pool {
  weft::concurrent::futures::ThreadPoolExecutor executor;

  explicit Pool(int workers) : executor(workers) {}

  template <class F>
  void post(F f) {
    executor.submit([this, f] {
      f();
      done.value.fetch_add(1, std::memory_order_release);
    });
    ++posted;
  }
  void wait() {
    while (done.value.load(std::memory_order_acquire) != posted) sched_yield();
  }

  template <class F>
  struct Result {
    weft::concurrent::futures::Future<int> future;
    int get() { return future.result(); }
  };
  template <class F>
  auto submit(F f) {
    return Result<F>{executor.submit(f)};
  }

  bench::Alone<std::atomic<std::int64_t>> done;
  std::int64_t posted = 0;
};

int main(int argc, char** argv) { return bench::pool_main<Pool>(argc, argv); }
