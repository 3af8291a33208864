// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/detail/api.hpp"
#include "weft/detail/callable.hpp"
#include "weft/timeout.hpp"

namespace weft::threading {

/// What has a run() of its own, where Python derives from Thread. A Thread is
/// only a handle here, so what runs cannot be destroyed under its own feet.
///
///     struct Reader : weft::threading::Runnable {
///       void run() override { read_all(); }
///     };
///     weft::threading::Thread thread(Reader{});
class WEFT_API Runnable {
 public:
  virtual ~Runnable();
  virtual void run() = 0;
};

/// How a Thread is made: Python's arguments, in Python's order.
struct ThreadOptions {
  std::string name = {};            ///< empty: "Thread-N (target)"
  std::optional<bool> daemon = {};  ///< nothing: as the thread that makes it
  std::size_t stack_size = 0;       ///< in bytes; 0: as threading::stack_size() says
};

/// What a thread is doing, as far as it can be told from outside.
enum class ThreadState {
  New,       ///< not started
  Runnable,  ///< running, or ready to
  Running,   ///< running for certain: it is the caller
  Waiting,   ///< asleep: ThreadStatus says on what, if it is weft's
  Dead,      ///< ended
};

/// A look at a thread from outside. It is not stopped for it, so this was true
/// at some moment during the call.
struct ThreadStatus {
  ThreadState state = ThreadState::New;
  std::string waiting_for = {};  ///< "Lock", "Queue.get", ...; empty: not waiting, or not in weft
  const void* object = nullptr;  ///< which one; not to be followed
  std::string object_name = {};  ///< its name, if it has one
  std::string held_by = {};      ///< of a lock: the name of the thread that held it when the wait began
  double since = 0;              ///< for how many seconds it has been waiting
};

/// A thread, as threading.Thread.
///
///     weft::threading::Thread reader(read_all, {.name = "reader", .daemon = true});
///     reader.start();
///     reader.join();
///
/// A handle: copies stand for the same thread, and dropping them all neither
/// stops nor joins it. The process waits for all threads that are not daemons
/// before it destroys the first static; daemons are left behind.
///
/// A target whose first parameter is a std::stop_token gets this thread's own,
/// as with std::jthread; request_stop() asks for the stop.
///
/// An exception that leaves the target goes to excepthook() and ends that
/// thread only.
class WEFT_API Thread {
 public:
  /// A handle that stands for no thread. Using it throws RuntimeError.
  Thread() noexcept = default;

  /// A thread that will call `target()`. It does not run before start().
  template <class F>
  requires(!std::derived_from<std::decay_t<F>, Thread> &&
           !std::derived_from<std::decay_t<F>, Runnable>) explicit Thread(F&& target, ThreadOptions options = {})
      : Thread(Packed(std::forward<F>(target), std::tuple<>()), std::move(options)) {}

  /// One that will call `target(args...)`. The arguments are copied or moved
  /// into the thread, as Python keeps them; std::ref passes a reference.
  template <class F, class Arg, class... Args>
  requires(std::is_invocable_v<std::decay_t<F>, std::decay_t<Arg>, std::decay_t<Args>...> ||
           std::is_invocable_v<std::decay_t<F>, std::stop_token, std::decay_t<Arg>,
                               std::decay_t<Args>...>) explicit Thread(F&& target, Arg&& arg, Args&&... args)
      : Thread(Packed(std::forward<F>(target), std::tuple<std::decay_t<Arg>, std::decay_t<Args>...>(
                                                   std::forward<Arg>(arg), std::forward<Args>(args)...)),
               {}) {}

  /// The same with options: Thread(work, std::tuple(1, 2), {.name = "worker"}).
  template <class F, class... Args>
  requires(!std::is_invocable_v<std::decay_t<F>, std::tuple<Args...>>)
      Thread(F&& target, std::tuple<Args...> args, ThreadOptions options = {})
      : Thread(Packed(std::forward<F>(target), std::move(args)), std::move(options)) {}

  /// One that will call `runnable.run()`, on a copy of its own.
  template <class R>
  requires std::derived_from<std::decay_t<R>, Runnable>
  explicit Thread(R&& runnable, ThreadOptions options = {})
      : Thread(std::make_shared<std::decay_t<R>>(std::forward<R>(runnable)), std::move(options)) {}

  /// One that will call `runnable->run()`, and keeps it alive until then.
  template <class R>
  requires std::derived_from<R, Runnable>
  explicit Thread(std::shared_ptr<R> runnable, ThreadOptions options = {})
      : Thread(Packed([kept = std::move(runnable)] { kept->run(); }), std::move(options)) {}

  /// Begins to run. Throws RuntimeError the second time, or if the system does
  /// not give a thread.
  void start();

  /// Waits until the thread has ended, thread_locals destroyed and all; false if
  /// `timeout` ran out before. Any number may wait. Throws RuntimeError before
  /// start() and for the current thread.
  bool join(const Timeout& timeout = {}) const;

  /// True from start() until the thread has ended.
  bool is_alive() const;

  std::string name() const;
  void set_name(std::string name);

  bool daemon() const;
  /// Throws RuntimeError once the thread has been started.
  void set_daemon(bool daemon);

  /// Names this thread among those alive, as get_ident() does inside it; empty
  /// before start().
  std::optional<std::uint64_t> ident() const;
  /// The kernel's number for it, as top and gdb show; empty before start().
  std::optional<int> native_id() const;

  /// What it is doing now.
  ThreadStatus status() const;

  /// Asks the target to stop, if it takes a std::stop_token: true if this call
  /// was the first to ask.
  bool request_stop();
  std::stop_token stop_token() const;

  friend bool operator==(const Thread&, const Thread&) noexcept = default;

  struct Body;
  explicit Thread(std::shared_ptr<Body> body) noexcept : body_(std::move(body)) {}

 private:
  // A target with its arguments, and what can be told about it for its name.
  struct Packed {
    template <class F, class... Args>
    Packed(F&& f, std::tuple<Args...> args) : what(__PRETTY_FUNCTION__) {
      using Target = std::decay_t<F>;
      if constexpr (std::is_pointer_v<Target> && std::is_function_v<std::remove_pointer_t<Target>>) {
        function = reinterpret_cast<const void*>(static_cast<Target>(f));
      }
      if constexpr (std::is_invocable_v<Target, std::stop_token, Args...>) {
        stop = std::stop_source();
        call = [target = Target(std::forward<F>(f)), arguments = std::move(args), token = stop.get_token()]() mutable {
          std::apply(std::move(target), std::tuple_cat(std::tuple(std::move(token)), std::move(arguments)));
        };
      } else {
        call = [target = Target(std::forward<F>(f)), arguments = std::move(args)]() mutable {
          std::apply(std::move(target), std::move(arguments));
        };
      }
    }
    explicit Packed(detail::Callable run) : call(std::move(run)) {}

    detail::Callable call;
    std::stop_source stop{std::nostopstate};
    const char* what = nullptr;
    const void* function = nullptr;
  };

  Thread(Packed packed, ThreadOptions options);
  Body& body() const;
  bool join_by(const Timeout* timeout) const;  // null: until it is done, whoever is killed
  friend class ThreadWorkers;

  std::shared_ptr<Body> body_;
};

/// The thread that calls this. One that weft did not start gets a handle too,
/// named "Dummy-N", a daemon that cannot be joined.
WEFT_API Thread current_thread();

/// The thread that runs main(); in the child of a fork(), the one that called it.
WEFT_API Thread main_thread();

/// All threads alive: those that weft started, the main thread, and those that
/// have called current_thread().
WEFT_API std::vector<Thread> enumerate();

/// How many enumerate() would return.
WEFT_API int active_count();

/// A number that names the calling thread among those alive, never 0.
WEFT_API std::uint64_t get_ident() noexcept;

/// The kernel's number for the calling thread.
WEFT_API int get_native_id() noexcept;

/// How much stack a new thread gets, in bytes; 0 means what the system gives
/// (ulimit -s). The second form changes it and returns what it was; it throws
/// ValueError for less than 32 KiB.
WEFT_API std::size_t stack_size() noexcept;
WEFT_API std::size_t stack_size(std::size_t size);

/// What an excepthook is told.
struct ExceptHookArgs {
  std::exception_ptr exception;
  Thread thread;
};

/// Called, in the thread itself, with an exception that left its target.
using ExceptHook = void (*)(const ExceptHookArgs&);

/// Replaces the hook and returns the former one; nullptr brings back the one
/// that weft begins with, which writes to stderr which thread and what.
WEFT_API ExceptHook set_excepthook(ExceptHook hook) noexcept;
/// The hook that weft begins with, for one that only adds to it: as
/// threading.__excepthook__.
WEFT_API void default_excepthook(const ExceptHookArgs& args);

}  // namespace weft::threading
