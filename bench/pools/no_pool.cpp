// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <condition_variable>
#include <functional>
#include <mutex>

#include "workload.hpp"

// One job after the other, in the only thread.
struct Serial {
  static constexpr std::string_view name = "serial";

  explicit Serial(int) {}
  template <class F>
  auto run(const F& f, int jobs) {
    std::vector<std::invoke_result_t<const F&, int>> results;
    results.reserve(jobs);
    for (int i = 0; i < jobs; ++i) results.push_back(f(i));
    return results;
  }
};

// Threads that are there already, and a counter that says which job is next: no queue, no futures. Nothing that hands
// out jobs one at a time can do with less.
struct Threads {
  static constexpr std::string_view name = "threads";
  std::mutex mutex;
  std::condition_variable begun, ended;
  std::function<void()> part;
  int wanted = 0, busy = 0;
  bool closed = false;
  std::vector<std::thread> threads;

  explicit Threads(int workers) {
    for (int i = 0; i < workers; ++i) threads.emplace_back([this] { serve(); });
  }
  ~Threads() {
    {
      std::scoped_lock held(mutex);
      closed = true;
    }
    begun.notify_all();
    for (std::thread& thread : threads) thread.join();
  }

  void serve() {
    std::unique_lock held(mutex);
    for (;;) {
      begun.wait(held, [&] { return closed || wanted > 0; });
      if (closed) return;
      --wanted;
      held.unlock();
      part();
      held.lock();
      if (--busy == 0) ended.notify_all();
    }
  }

  template <class F>
  auto run(const F& f, int jobs) {
    std::vector<std::invoke_result_t<const F&, int>> results(jobs);
    std::atomic<int> next{0};
    std::unique_lock held(mutex);
    part = [&] {
      for (int i; (i = next.fetch_add(1, std::memory_order_relaxed)) < jobs;) results[i] = f(i);
    };
    wanted = busy = std::min(jobs, static_cast<int>(threads.size()));
    for (int i = 0; i < wanted; ++i) begun.notify_one();
    ended.wait(held, [&] { return busy == 0; });
    return results;
  }
};

int main(int argc, char** argv) { return bench::pools_main<Serial, Threads>(argc, argv); }
