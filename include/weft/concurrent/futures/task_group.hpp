// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <exception>
#include <memory>
#include <stop_token>
#include <utility>

#include "weft/concurrent/futures/executor.hpp"
#include "weft/concurrent/futures/future.hpp"
#include "weft/detail/api.hpp"
#include "weft/timeout.hpp"

namespace weft::concurrent::futures {

/// How a TaskGroup is made.
struct TaskGroupOptions {
  Timeout deadline = {};  ///< from now on, for the whole group; a stop token in it ends the group, too
};

/// Tasks that end together, as asyncio.TaskGroup: none of them outlives it.
///
///     TaskGroup group(executor, {.deadline = 2});
///     Future<Page> page = group.submit(fetch, url);
///     Future<User> user = group.submit(look_up, name);
///     group.join();  // both are done; throws if one has failed
///
/// The first task that throws cancels the others: those that have not begun never
/// will, and a stop is requested on the token that every task is given which takes
/// one. The same happens at the deadline, by cancel(), and when an exception goes
/// through the scope. A group within a task of another one ends with it, and no later than it.
///
/// A task may submit more to its own group. A result is destroyed with its last
/// handle; the worker has one, so that may be a moment after the group, and so may be what
/// then() and add_done_callback() call. What the others throw after the first failure goes to
/// the excepthook of concurrent.futures, if nobody reads it.
class WEFT_API TaskGroup {
 public:
  explicit TaskGroup(LocalExecutor& executor, const TaskGroupOptions& options = {});
  /// Waits for all of them; cancels them before, if an exception goes through. What
  /// was thrown and not joined goes to the excepthook.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Calls f(args...) in a worker, with the group's stop token first if it takes
  /// one. Once the group is cancelled, so are all futures that this returns. Throws
  /// RuntimeError after the executor's shutdown().
  template <class F, class... Args>
  auto submit(F&& f, Args&&... args) {
    if constexpr (detail::wants_stop<F, Args...>) {
      return begin(detail::pack_call(std::forward<F>(f), stop_token(), std::forward<Args>(args)...));
    } else {
      return begin(detail::pack_call(std::forward<F>(f), std::forward<Args>(args)...));
    }
  }
  /// The same with options, as an executor's. A task that has not begun by its own deadline
  /// fails, and the group with it; one whose own stop token keeps it from beginning ends with
  /// CancelledError, and the group goes on.
  ///
  ///     Future<Page> page = group.submit(fetch, std::tuple(url), {.priority = 1, .deadline = 0.5});
  template <class F>
  auto submit(F&& f, TaskOptions options) {
    return begin(detail::pack_call(std::forward<F>(f)), options);
  }
  template <class F, class... Args>
  requires(!std::is_invocable_v<std::decay_t<F>, std::tuple<Args...>>) auto submit(F&& f, std::tuple<Args...> args,
                                                                                   TaskOptions options) {
    return begin(detail::pack_call_with(std::forward<F>(f), std::move(args)), options);
  }

  /// Waits until all have ended. Throws what the first that failed threw; else
  /// TimeoutError, if the deadline has passed by then. After cancel() it throws nothing: ask
  /// the futures. In the child of a fork(),
  /// BrokenExecutor: what was submitted before is done in the parent. RuntimeError where
  /// it would wait for itself: in a task of the group, or of one within it, and in a stop
  /// callback that runs because the group was cancelled (not at its deadline: there it waits).
  void join();

  /// Ends the group early: see above.
  void cancel() noexcept;

  /// On which a stop is requested when the group is cancelled.
  std::stop_token stop_token() const noexcept;

 private:
  struct Body;

  // What a task calls: within the group, and the group hears how it ended.
  template <class Call>
  struct Guarded {
    decltype(auto) operator()() && {
      Scope scope(*body);
      try {
        if (detail::Alarm::passed(until)) detail::throw_timed_out();
        return std::move(call)();
      } catch (...) {
        scope.failed(std::current_exception());
        throw;
      }
    }
    std::shared_ptr<Body> body;
    Call call;
    detail::Alarm::Moment until;
  };

  class WEFT_API Scope {
   public:
    explicit Scope(Body& body);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    void failed(std::exception_ptr failure) noexcept;

   private:
    Body& body_;
    void* before_;
  };

  template <class Call>
  auto begin(Call call, const TaskOptions& options = {}) {
    const std::stop_token group = stop_token();
    const detail::Alarm::Moment until = detail::Alarm::after(options.deadline);
    detail::set_end(call, until, options.deadline.stop(), group);
    Guarded<Call> guarded{body_, std::move(call), until};
    if (group.stop_requested()) return cancelled(std::move(guarded));
    return add(
        executor_.submit(std::move(guarded), {.priority = options.priority, .deadline = options.deadline.stop()}));
  }
  // What no worker ever sees.
  template <class Target>
  static auto cancelled(Target target) {
    using Task = detail::Task<Target>;
    Future<typename Task::Value> future(new Task(1, std::move(target)));
    future.cancel();
    return future;
  }
  template <class T>
  Future<T> add(Future<T> future) {
    enter(future);
    return future;
  }
  void enter(const AnyFuture& future);
  std::exception_ptr wait() noexcept;

  LocalExecutor& executor_;
  std::shared_ptr<Body> body_;
  const int exceptions_;  // under way when it was made
};

}  // namespace weft::concurrent::futures
