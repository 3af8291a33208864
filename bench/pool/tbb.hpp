// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <chrono>
#include <future>
#include <memory>
#include <type_traits>

namespace bench {

/// The calling thread is one of the workers: that is how TBB counts.
struct TbbPool {
  tbb::task_arena arena;
  tbb::task_group group;

  explicit TbbPool(int workers) : arena(workers) {}
  ~TbbPool() { wait(); }

  template <class F>
  void post(F f) {
    arena.execute([&] { group.run(f); });
  }
  void wait() {
    arena.execute([&] { group.wait(); });
  }

  template <class F>
  void as_worker(F f) {
    arena.execute(f);
  }

  template <class R>
  struct Result {
    TbbPool* pool;
    std::future<R> future;
    R get() {
      if (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) pool->wait();
      return future.get();
    }
  };
  template <class F, class R = std::invoke_result_t<F>>
  Result<R> submit(F f) {
    auto promise = std::make_shared<std::promise<R>>();
    Result<R> result{this, promise->get_future()};
    post([promise, f] { promise->set_value(f()); });
    return result;
  }
};

}  // namespace bench
