// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "weft/concurrent/futures/executor.hpp"
#include "weft/detail/api.hpp"
#include "weft/detail/callable.hpp"

namespace weft::threading {

class Thread;
class ThreadWorkers;

}  // namespace weft::threading

namespace weft::concurrent::futures {

/// How a ThreadPoolExecutor is made: Python's arguments, in Python's order.
struct ThreadPoolExecutorOptions {
  int max_workers = 0;                  ///< 0: four more than CPUs, and 32 at most; 65,534 is the limit
  std::string thread_name_prefix = {};  ///< of the threads' names; empty: "ThreadPoolExecutor-N"
  detail::Callable initializer = {};    ///< each thread runs it before its first task
};

/// Runs calls on threads, as concurrent.futures.ThreadPoolExecutor.
///
///     ThreadPoolExecutor executor({.max_workers = 4});
///     Future<Page> page = executor.submit(fetch, url);
///     use(page.result());
///
/// Threads begin when there is work for them, and there are as many at work as
/// there are cores; more, up to max_workers, as some of them do nothing but wait.
/// Tasks begin in the order in which they were submitted, as far as can be told
/// from outside; what a task submits may begin sooner.
///
/// A task may wait for others of the same executor, in any depth and with any
/// number of workers: see Future.
///
/// The destructor is the end of Python's `with`: it calls shutdown(), which waits,
/// unless shutdown({.wait = false}) was called before, or a task of its own is
/// the last to let go of it.
/// What is queued when main() ends is done before the process ends.
///
/// If the initializer throws, all that is pending fails with BrokenThreadPool, and
/// so does submit() from then on.
///
/// In the child of a fork() it starts anew, without the parent's tasks.
class WEFT_API ThreadPoolExecutor : public LocalExecutor {
 public:
  /// Throws ValueError if max_workers is negative or more than 65,534; in the second
  /// form also if it is 0.
  explicit ThreadPoolExecutor(ThreadPoolExecutorOptions options = {});
  explicit ThreadPoolExecutor(int max_workers) : ThreadPoolExecutor({.max_workers = max_workers}, true) {}
  ~ThreadPoolExecutor();

  /// Takes no more. What was submitted is done, unless it is to be cancelled; the
  /// threads end when nothing is left. Waits for them unless told not to; if it is to
  /// wait, it throws RuntimeError in one of its own tasks. May be called again.
  void shutdown(ShutdownOptions options = {});

  /// More threads from now on, or fewer: those too many end when their task has.
  /// Throws ValueError for less than 1, or more than 65,534.
  void resize(int max_workers);

  /// The threads that were begun so far and have not ended.
  std::vector<threading::Thread> threads() const;

 private:
  ThreadPoolExecutor(ThreadPoolExecutorOptions options, bool exactly);
  explicit ThreadPoolExecutor(std::shared_ptr<threading::ThreadWorkers> workers);

  std::shared_ptr<threading::ThreadWorkers> threads_;
  bool left_alone_ = false;  // by shutdown({.wait = false})
};

}  // namespace weft::concurrent::futures
