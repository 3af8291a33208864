// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <future>
#include <memory>

#include "workload.hpp"

// The calling thread is one of the workers: that is how TBB counts.
struct Pool {
  tbb::task_arena arena;
  tbb::task_group group;

  explicit Pool(int workers) : arena(workers) {}
  ~Pool() { wait(); }

  template <class F>
  void post(F f) {
    arena.execute([&] { group.run(f); });
  }
  void wait() {
    arena.execute([&] { group.wait(); });
  }

  struct Result {
    Pool* pool;
    std::future<int> future;
    int get() {
      if (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) pool->wait();
      return future.get();
    }
  };
  template <class F>
  Result submit(F f) {
    auto promise = std::make_shared<std::promise<int>>();
    Result result{this, promise->get_future()};
    post([promise, f] { promise->set_value(f()); });
    return result;
  }
};

int main(int argc, char** argv) { return bench::pool_main<Pool>(argc, argv); }
