// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "weft/detail/callable.hpp"
#include "weft/threading/lock.hpp"
#include "weft/threading/thread.hpp"
#include "work/scheduler.hpp"

namespace weft::threading {

/// How a crew of threads is made.
struct ThreadWorkersOptions {
  int workers = 1;
  std::string prefix = {};  ///< of the threads' names: "prefix_0"
  bool daemon = false;
  bool finish_at_exit = false;  ///< what is queued when main() ends is done before the process ends
  detail::Callable initializer = {};
  void (*refuse)() = nullptr;  ///< throws what a pool says that is closed; null: what an executor says
};

/// Workers that are threads, begun when there is work for them. Kept alive by
/// each of its threads, so whoever made it may let go at any time.
class ThreadWorkers final : public work::Scheduler, public std::enable_shared_from_this<ThreadWorkers> {
 public:
  static std::shared_ptr<ThreadWorkers> make(ThreadWorkersOptions options);
  explicit ThreadWorkers(ThreadWorkersOptions options);
  ~ThreadWorkers();

  [[noreturn]] void refuse() const override;

  /// Not where an initializer has made the workers' threads what the caller's is not.
  bool run_as_guest(detail::Work& work) {
    if (options_.initializer) return false;
    const auto kept = shared_from_this();  // the work may be the last to let go of the pool
    return Scheduler::run_as_guest(work);
  }

  /// Waits for the threads, once it is closed. Throws RuntimeError in one of them.
  void join();

  /// The same for a destructor: also in a green thread that is killed meanwhile. In
  /// one of the threads it waits for none: they end by themselves.
  void join_at_last();

  /// The initializer failed: nothing runs any more.
  bool broken() const noexcept { return broken_.load(std::memory_order_acquire); }

  /// Those that were begun and have not ended.
  std::vector<Thread> alive() const;

 private:
  void hire(std::uint32_t number) override;
  bool prepare() noexcept;
  bool join_by(const Timeout* timeout);
  std::vector<Thread> threads() const;

  const ThreadWorkersOptions options_;
  std::atomic<bool> broken_{false};
  mutable Lock lock_;
  std::vector<Thread> threads_;
  friend void close_workers_at_exit() noexcept;
  ThreadWorkers* before_ = nullptr;  // of those that finish at exit
  ThreadWorkers* next_ = nullptr;
};

/// Closes those that finish at exit: their threads end when nothing is queued.
void close_workers_at_exit() noexcept;

}  // namespace weft::threading
