// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "../measure.hpp"

/// Tasks that do next to nothing, from one thread to a pool of two workers, or as many as asked for; ns for each.
///
/// A competitor gives a class made from a number of workers, with post(f), wait() for all that was posted, and
/// submit(f), which returns something with get(); and as_worker(f), which calls f where whoever waits for a task may
/// run it himself. What it has not, it leaves out.
///
///     post            1e6 tasks, each of which adds to a counter; then wait
///     future          1e5 tasks that return a number, their futures kept, then asked one after the other
///     round_trip      submit one, get its result, again and again
///     round_trip_own  the same by a worker
///     ..._100         the first three with 100 workers
namespace bench {

/// For a pool that does not know when all that was posted is done.
class Tally {
 public:
  template <class F>
  auto counted(F f) {
    ++posted_;
    return [this, f] {
      f();
      done_.value.fetch_add(1, std::memory_order_release);
    };
  }
  void wait() const {
    while (done_.value.load(std::memory_order_acquire) != posted_) sched_yield();
  }

 private:
  Alone<std::atomic<std::int64_t>> done_;
  std::int64_t posted_ = 0;
};

template <class Pool>
double round_trip(Pool& pool, int times) {
  auto run = [&](int n) {
    for (int i = 0; i < n; ++i) {
      int got = pool.submit([i] { return i; }).get();
      keep(got);
    }
  };
  run(times / 10);
  std::int64_t begin = now();
  run(times);
  return static_cast<double>(now() - begin) / times;
}

template <class Pool>
int pool_main(int argc, char** argv) {
  Asked asked(argc, argv);
  for (const char* end : {"", "_100"}) {
    const int workers = *end == 0 ? asked.workers() : 100;
    if constexpr (requires(Pool p) { p.wait(); }) {
      if (asked.for_column(std::string("post").append(end))) {
        Pool pool(workers);
        Alone<std::atomic<std::int64_t>> count;
        int n = asked.times(1e6);
        auto post = [&](int times) {
          for (int i = 0; i < times; ++i) pool.post([&count] { count.value.fetch_add(1, std::memory_order_relaxed); });
          pool.wait();
        };
        post(n / 10);
        std::int64_t begin = now();
        post(n);
        double took = static_cast<double>(now() - begin);
        return count.value == n + n / 10 ? print(took / n) : 1;
      }
    }
    if constexpr (requires(Pool p) { p.submit([] { return 1; }); }) {
      auto number = [](int i) { return [i] { return i; }; };
      using Future = decltype(std::declval<Pool&>().submit(number(1)));
      if (asked.for_column(std::string("future").append(end))) {
        Pool pool(workers);
        int n = asked.times(1e5);
        auto run = [&](int times) {
          std::vector<Future> futures;
          futures.reserve(times);
          for (int i = 0; i < times; ++i) futures.push_back(pool.submit(number(i)));
          std::int64_t sum = 0;
          for (Future& future : futures) sum += future.get();
          return sum;
        };
        run(n / 10);
        std::int64_t begin = now();
        std::int64_t sum = run(n);
        double took = static_cast<double>(now() - begin);
        return sum == std::int64_t{n} * (n - 1) / 2 ? print(took / n) : 1;
      }
      if (asked.for_column(std::string("round_trip").append(end))) {
        Pool pool(workers);
        return print(round_trip(pool, asked.times(20e3)));
      }
    }
  }
  if constexpr (requires(Pool p) { p.as_worker([] {}); }) {
    if (asked.for_column("round_trip_own")) {
      Pool pool(asked.workers());
      double took = 0;
      pool.as_worker([&] { took = round_trip(pool, asked.times(200e3)); });
      return print(took);
    }
  }
  return NotOffered;
}

}  // namespace bench
