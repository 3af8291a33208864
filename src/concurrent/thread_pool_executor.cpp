// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/concurrent/futures/thread_pool_executor.hpp"

#include <algorithm>
#include <atomic>

#include "threading/workers.hpp"
#include "weft/cpu_count.hpp"
#include "weft/errors.hpp"

namespace weft::concurrent::futures {
namespace {

constinit std::atomic<int> pools{0};

int checked(int max_workers) {
  if (max_workers <= 0) throw ValueError("max_workers must be greater than 0");
  return max_workers;
}

std::shared_ptr<threading::ThreadWorkers> make(ThreadPoolExecutorOptions options, bool exactly) {
  constexpr int More = 4, Most = 32;
  int workers = options.max_workers;
  if (workers == 0 && !exactly) workers = std::min(Most, cpu_count() + More);
  std::string prefix = std::move(options.thread_name_prefix);
  if (prefix.empty()) prefix = "ThreadPoolExecutor-" + std::to_string(pools.fetch_add(1, std::memory_order_relaxed));
  return threading::ThreadWorkers::make({.workers = checked(workers),
                                         .prefix = std::move(prefix),
                                         .finish_at_exit = true,
                                         .initializer = std::move(options.initializer)});
}

}  // namespace

ThreadPoolExecutor::ThreadPoolExecutor(ThreadPoolExecutorOptions options)
    : ThreadPoolExecutor(make(std::move(options), false)) {}

ThreadPoolExecutor::ThreadPoolExecutor(ThreadPoolExecutorOptions options, bool exactly)
    : ThreadPoolExecutor(make(std::move(options), exactly)) {}

ThreadPoolExecutor::ThreadPoolExecutor(std::shared_ptr<threading::ThreadWorkers> workers)
    : LocalExecutor(workers), threads_(std::move(workers)) {}

ThreadPoolExecutor::~ThreadPoolExecutor() {
  if (left_alone_) return;
  threads_->close();
  threads_->join_at_last();
}

void ThreadPoolExecutor::shutdown(ShutdownOptions options) {
  threads_->close(!options.cancel_futures);
  if (options.cancel_futures) threads_->cancel_pending();
  left_alone_ = !options.wait;
  if (options.wait) threads_->join();
}

void ThreadPoolExecutor::resize(int max_workers) { threads_->resize(checked(max_workers)); }

std::vector<threading::Thread> ThreadPoolExecutor::threads() const { return threads_->alive(); }

}  // namespace weft::concurrent::futures
