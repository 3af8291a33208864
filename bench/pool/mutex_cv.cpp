// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>

#include "workload.hpp"

// What one writes oneself: a queue under a mutex, and a notify for each task.
struct Pool {
  std::mutex mutex;
  std::condition_variable changed, done;
  std::deque<std::function<void()>> tasks;
  std::size_t unfinished = 0;
  bool closed = false;
  std::vector<std::thread> threads;

  explicit Pool(int workers) {
    for (int i = 0; i < workers; ++i) threads.emplace_back([this] { serve(); });
  }
  ~Pool() {
    {
      std::scoped_lock held(mutex);
      closed = true;
    }
    changed.notify_all();
    for (std::thread& thread : threads) thread.join();
  }

  void serve() {
    std::unique_lock held(mutex);
    for (;;) {
      changed.wait(held, [&] { return closed || !tasks.empty(); });
      if (tasks.empty()) return;
      std::function<void()> task = std::move(tasks.front());
      tasks.pop_front();
      held.unlock();
      task();
      held.lock();
      if (--unfinished == 0) done.notify_all();
    }
  }

  template <class F>
  void post(F f) {
    {
      std::scoped_lock held(mutex);
      tasks.emplace_back(f);
      ++unfinished;
    }
    changed.notify_one();
  }
  void wait() {
    std::unique_lock held(mutex);
    done.wait(held, [&] { return unfinished == 0; });
  }

  template <class F>
  std::future<int> submit(F f) {
    auto task = std::make_shared<std::packaged_task<int()>>(f);
    std::future<int> future = task->get_future();
    post([task] { (*task)(); });
    return future;
  }
};

int main(int argc, char** argv) { return bench::pool_main<Pool>(argc, argv); }
