// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/concurrent/futures.hpp>
#include <weft/multiprocessing.hpp>

#include <ranges>

#include "workload.hpp"

using weft::concurrent::futures::Future;
using weft::concurrent::futures::ThreadPoolExecutor;
using weft::multiprocessing::ThreadPool;

struct Submit {
  static constexpr std::string_view name = "submit";
  ThreadPoolExecutor executor;

  template <class R>
  struct Result {
    Future<R> future;
    R get() { return future.result(); }
  };
  template <class F>
  auto submit(F f) {
    return Result<std::invoke_result_t<F>>{executor.submit(f)};
  }
  template <class F>
  auto run(const F& f, int jobs) {
    return bench::by_futures(*this, f, jobs);
  }

  explicit Submit(int workers) : executor(workers) {}
};

struct Map {
  static constexpr std::string_view name = "map";
  ThreadPool pool;

  explicit Map(int workers) : pool(workers) {}
  template <class F>
  auto run(const F& f, int jobs) {
    return pool.map([&f](int i) { return f(i); }, std::views::iota(0, jobs));
  }
};

struct IMapUnordered {
  static constexpr std::string_view name = "imap_unordered";
  ThreadPool pool;

  explicit IMapUnordered(int workers) : pool(workers) {}
  template <class F>
  auto run(const F& f, int jobs) {
    std::vector<std::invoke_result_t<const F&, int>> results;
    for (auto& result : pool.imap_unordered([&f](int i) { return f(i); }, std::views::iota(0, jobs))) {
      results.push_back(result);
    }
    return results;
  }
};

int main(int argc, char** argv) { return bench::pools_main<Submit, Map, IMapUnordered>(argc, argv); }
