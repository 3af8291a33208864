// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "threading/workers.hpp"
#include "weft/cpu_count.hpp"
#include "weft/errors.hpp"
#include "weft/multiprocessing/pool.hpp"

namespace weft::multiprocessing {
namespace {

constinit std::atomic<int> pools{0};

int checked(int processes) {
  if (processes < 1) throw ValueError("Number of processes must be at least 1");
  return processes;
}

}  // namespace

ThreadPool::ThreadPool(ThreadPoolOptions options)
    : threads_(threading::ThreadWorkers::make(
          {.workers = options.processes == 0 ? cpu_count() : checked(options.processes),
           .prefix = "ThreadPool-" + std::to_string(pools.fetch_add(1, std::memory_order_relaxed)),
           .daemon = true,
           .initializer = std::move(options.initializer),
           .refuse = [] { throw ValueError("Pool not running"); }})) {}

ThreadPool::ThreadPool(int processes) : ThreadPool(ThreadPoolOptions{.processes = checked(processes)}) {}

ThreadPool::~ThreadPool() {
  terminate();
  threads_->join_at_last();
}

void ThreadPool::hand_over(detail::Work& work, Caller caller) {
  if (caller == Caller::Waits && threads_->run_as_guest(work)) return;
  threads_->hand_over(work, 0);
}

void ThreadPool::check_running() const {
  if (threads_->broken() || threads_->closed()) threads_->refuse();
}

void ThreadPool::close() { threads_->close(); }

void ThreadPool::terminate() {
  threads_->close(false);
  threads_->request_stop();
  threads_->cancel_pending();
}

void ThreadPool::join() {
  if (!threads_->closed()) throw ValueError("Pool is still running");
  threads_->join();
}

void ThreadPool::resize(int processes) { threads_->resize(checked(processes)); }

int ThreadPool::processes() const noexcept { return threads_->size(); }

std::vector<threading::Thread> ThreadPool::threads() const { return threads_->alive(); }

std::shared_ptr<detail::Workers> ThreadPool::workers() const noexcept { return threads_; }

}  // namespace weft::multiprocessing

namespace weft::detail {

void throw_not_ready() { throw ValueError("the AsyncResult is not ready"); }
void throw_no_chunksize() { throw ValueError("Chunksize must be 1+, not 0"); }

const Told*& Told::here() noexcept {
  static constinit thread_local const Told* here = nullptr;
  return here;
}

std::exception_ptr failure_of(Work& work) noexcept {
  if (WorkWord::phase(work.word()) != WorkWord::Finished) return cancelled();
  return work.failure();
}

}  // namespace weft::detail
