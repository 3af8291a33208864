// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace bench {

/// What one writes oneself: a queue under a mutex, and a notify for each task.
struct MutexPool {
  std::mutex mutex;
  std::condition_variable changed, done;
  std::deque<std::function<void()>> tasks;
  std::size_t unfinished = 0;
  bool closed = false;
  std::vector<std::thread> threads;

  explicit MutexPool(int workers) {
    for (int i = 0; i < workers; ++i) threads.emplace_back([this] { serve(); });
  }
  ~MutexPool() {
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

  template <class F, class R = std::invoke_result_t<F>>
  std::future<R> submit(F f) {
    auto task = std::make_shared<std::packaged_task<R()>>(f);
    std::future<R> future = task->get_future();
    post([task] { (*task)(); });
    return future;
  }
};

}  // namespace bench
