// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/concurrent/futures/future.hpp"
#include "weft/detail/api.hpp"
#include "weft/detail/call.hpp"
#include "weft/detail/lazy_map.hpp"
#include "weft/detail/result.hpp"
#include "weft/detail/source.hpp"
#include "weft/detail/spread.hpp"
#include "weft/timeout.hpp"

namespace weft::concurrent::futures {

/// What one task may be given beside its arguments.
struct TaskOptions {
  int priority = 0;  ///< the highest first; those of the same in the order in which they came
  /// How long it may take, from now on. If it has not begun by then it is not run: it
  /// fails with TimeoutError when a worker comes to it. If it runs, it is asked to stop.
  /// A stop token in it does the same, with CancelledError.
  Timeout deadline = {};
};

/// How an executor is shut down.
struct ShutdownOptions {
  bool wait = true;             ///< return when all is done that was submitted
  bool cancel_futures = false;  ///< cancel what has not begun
};

/// How a map goes.
struct MapOptions {
  Timeout timeout = {};        ///< for all of it, from the call on
  std::size_t chunksize = 1;   ///< items in a task
  std::size_t buffersize = 0;  ///< tasks in flight; 0: four for each worker, and at least 64
  bool ordered = true;         ///< results in the order of the items, else as they come
  Progress progress = {};
};

/// What can be sent to another process: a function, or a lambda that captures
/// nothing.
template <class F>
concept Portable = (std::is_pointer_v<std::decay_t<F>> && std::is_function_v<std::remove_pointer_t<std::decay_t<F>>>) ||
                   (std::is_empty_v<std::decay_t<F>> && std::is_trivially_copyable_v<std::decay_t<F>>);

/// Who runs calls elsewhere, as concurrent.futures.Executor: the face that all
/// executors have, also those whose workers are other processes. It takes portable
/// work only; LocalExecutor takes anything.
class WEFT_API Executor {
 public:
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// Calls f(args...) as soon as a worker is free, and returns a future of the
  /// result. Throws RuntimeError after shutdown(). If the pool has no thread and the
  /// system gives none, it throws RuntimeError, too, and every task that waits fails with the
  /// same error.
  template <Portable F, class... Args>
  requires(!std::is_same_v<std::tuple<std::decay_t<Args>...>, std::tuple<TaskOptions>>)
      Future<detail::ResultOf<F, Args...>> submit(F f, Args&&... args) {
    return submit_call(detail::pack_call(std::move(f), std::forward<Args>(args)...), {});
  }

  /// How many workers there are at most.
  int max_workers() const noexcept { return workers_->size(); }

 protected:
  explicit Executor(std::shared_ptr<detail::Workers> workers) noexcept : workers_(std::move(workers)) {}
  ~Executor() = default;

  template <class Call>
  auto submit_call(Call call, const TaskOptions& options) {
    const std::stop_token& stop = options.deadline.stop();
    if (options.deadline.is_forever() && !stop.stop_possible()) [[likely]]
      return submit_target(std::move(call), options.priority);
    const detail::Alarm::Moment until = detail::Alarm::after(options.deadline);
    detail::set_end(call, until, stop);
    return submit_target(detail::CallUntil<Call>{std::move(call), until, stop}, options.priority);
  }

  const std::shared_ptr<detail::Workers>& shared_workers() const noexcept { return workers_; }

 private:
  template <class Target>
  auto submit_target(Target&& target, int priority) {
    using Task = detail::Task<Target>;
    auto* task = new Task(2, std::forward<Target>(target));
    Future<typename Task::Value> future(task);
    workers_->hand_over(*task, priority);
    return future;
  }

  std::shared_ptr<detail::Workers> workers_;
};

/// An executor whose workers share this process's memory: it takes any callable.
class WEFT_API LocalExecutor : public Executor {
 public:
  /// Calls f(args...) as soon as a worker is free, and returns a future of the
  /// result. The arguments are copied or moved; std::ref passes a reference. Throws
  /// RuntimeError after shutdown(). If the pool has no thread and the system gives none,
  /// it throws RuntimeError, too, and every task that waits fails with the same error.
  ///
  ///     Future<int> sum = executor.submit(add, 1, 2);
  ///     Future<int> soon = executor.submit(add, std::tuple(1, 2), {.priority = 1, .deadline = 0.5});
  ///
  /// If f takes a std::stop_token first, it gets one of its own, on which a stop is
  /// requested when its deadline has passed, or when one is requested on the stop token
  /// in the deadline.
  template <class F, class... Args>
  Future<detail::ResultOf<F, Args...>> submit(F&& f, Args&&... args) {
    return submit_call(detail::pack_call(std::forward<F>(f), std::forward<Args>(args)...), {});
  }
  template <class F>
  Future<detail::ResultOf<F>> submit(F&& f, TaskOptions options) {
    return submit_call(detail::pack_call(std::forward<F>(f)), options);
  }
  template <class F, class... Args>
  requires(!std::is_invocable_v<std::decay_t<F>, std::tuple<Args...>>) Future<detail::ResultOf<F, Args...>> submit(
      F&& f, std::tuple<Args...> args, TaskOptions options = {}) {
    return submit_call(detail::pack_call_with(std::forward<F>(f), std::move(args)), options);
  }

  /// Calls f(item) for each item, at the same time as far as workers are free, and
  /// gives what they return: a range, to be walked once.
  ///
  ///     for (const Page& page : executor.map(fetch, urls, {.buffersize = 20})) show(page);
  ///
  /// Lazy, so the results are to be walked: `buffersize` tasks are in flight, and each result that is
  /// taken lets the next items be read, in the thread that takes it. So items may be
  /// endless, and memory stays flat. No more results are taken than were asked for. The
  /// first item that throws ends the map: its exception comes in its place, and what has
  /// not begun is cancelled. Leaving the range early cancels it as well. In both cases what
  /// runs goes on: what f and the items refer to must be there until the executor is shut
  /// down. Throws TimeoutError when the time runs out.
  ///
  /// Items are submitted only while the executor takes work: what is left of them at
  /// shutdown() is not done, and taking it throws RuntimeError. Take the results first.
  ///
  /// A range given as an lvalue is referred to; its items are copied into the tasks.
  template <class F, std::ranges::input_range Range>
  auto map(F f, Range&& items, MapOptions options = {}) {
    return map_over(std::move(f), std::move(options), std::forward<Range>(items));
  }
  /// f(a, b) for the items of two ranges, side by side.
  template <class F, std::ranges::input_range A, std::ranges::input_range B>
  auto map(F f, A&& a, B&& b, MapOptions options = {}) {
    return map_over(detail::Starred<F>{std::move(f)}, std::move(options), std::forward<A>(a), std::forward<B>(b));
  }
  /// The same for items in braces: executor.map(f, {1, 2, 3}), executor.map(pow, {2, 3}, {5, 2}).
  template <class F, class T>
  auto map(F f, std::initializer_list<T> items, MapOptions options = {}) {
    return map(std::move(f), std::vector<T>(items), std::move(options));
  }
  template <class F, class A, class B>
  auto map(F f, std::initializer_list<A> a, std::initializer_list<B> b, MapOptions options = {}) {
    return map(std::move(f), std::vector<A>(a), std::vector<B>(b), std::move(options));
  }
  /// f(a, b, c, ...) for the items of three ranges or more, without options.
  template <class F, std::ranges::input_range... Ranges>
  requires(sizeof...(Ranges) >= 3) auto map(F f, Ranges&&... ranges) {
    return map_over(detail::Starred<F>{std::move(f)}, {}, std::forward<Ranges>(ranges)...);
  }

 protected:
  using Executor::Executor;
  ~LocalExecutor() = default;

 private:
  template <class F, class... Ranges>
  auto map_over(F f, MapOptions options, Ranges&&... ranges) {
    using From = detail::Source<Ranges...>;
    using R = std::invoke_result_t<F&, typename From::Item>;
    if (options.chunksize < 1) throw ValueError("chunksize must be >= 1.");
    std::size_t in_flight = options.buffersize;
    if (in_flight == 0) in_flight = detail::usual_in_flight(static_cast<std::size_t>(max_workers()));
    return detail::LazyMapRange<From, F, std::remove_cvref_t<R>>(
        shared_workers(), From(std::forward<Ranges>(ranges)...), std::move(f),
        detail::LazyMapOptions{.chunk = options.chunksize,
                               .in_flight = in_flight,
                               .ordered = options.ordered,
                               .ends_with_failure = true,
                               .timeout = options.timeout,
                               .progress = std::move(options.progress)});
  }
};

}  // namespace weft::concurrent::futures
