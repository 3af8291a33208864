// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/detail/api.hpp"
#include "weft/detail/green.hpp"
#include "weft/errors.hpp"
#include "weft/timeout.hpp"

namespace weft::gevent {

using weft::GreenletExit;
using weft::LoopExit;

/// How a green thread is made.
struct GreenletOptions {
  std::string name = {};       ///< empty: "Greenlet-N"
  std::size_t stack_size = 0;  ///< in bytes; 0: 64 KiB, of which only what is used takes memory
};

/// What a green thread is doing.
enum class GreenletState {
  New,       ///< spawned, and has not run yet
  Runnable,  ///< running, or ready to
  Waiting,   ///< parked: GreenletStatus says on what
  Dead,      ///< ended
};

/// A look at a green thread, from any thread. Nobody is stopped for it, so this
/// was true at some moment during the call.
struct GreenletStatus {
  std::string name = {};
  GreenletState state = GreenletState::Dead;
  std::string waiting_for = {};  ///< "Lock", "Queue.get", "sleep", ...; empty: not waiting
  const void* object = nullptr;  ///< which one; not to be followed
  std::string object_name = {};  ///< its name, if it has one
  std::string held_by = {};      ///< of a lock: who held it when the wait began
  double since = 0;              ///< for how many seconds it has been waiting, to some milliseconds
};

WEFT_API GreenletStatus status_of(const detail::GreenState& greenlet);

/// A green thread, as gevent.Greenlet. T is what its function returns;
/// Greenlet<> stands for any, as one needs to join or to kill it.
///
///     using namespace weft;
///     auto a = gevent::spawn(fetch, "a.txt"), b = gevent::spawn(fetch, "b.txt");
///     gevent::joinall({a, b});
///     use(a.get(), b.get());
///
/// Green threads of one OS thread take turns: one runs until it waits, for a
/// Lock, a Queue, a child process, a moment in time; then the next one does, and
/// the thread's own flow of control is one of them. So a hundred thousand of them
/// may wait at once, and one that computes for long keeps the others waiting:
/// with WEFT_DEBUG=1 in the environment such a one is named on stderr. They stay
/// on the OS thread that spawned them, and end with it at the latest: what still
/// waits then gets a GreenletExit.
///
/// A handle: copies stand for the same green thread, and dropping them does not
/// stop it. It may be used from any thread. An exception that nobody has asked
/// for when the last handle is dropped is reported on stderr.
template <class T = void>
class Greenlet {
 public:
  /// A handle that stands for none. Using it is an error that RuntimeError tells.
  Greenlet() noexcept = default;

  /// The same green thread, whatever it returns.
  template <class U>
  requires(std::is_void_v<T> && !std::is_void_v<U>) Greenlet(const Greenlet<U>& other)
  noexcept : state_(other.state_) {}

  /// Waits until it has ended, at most `timeout`; true if it has.
  bool join(const Timeout& timeout = {}) const { return state_.get().join(timeout); }

  /// Waits until it has ended and returns what its function did, or throws what
  /// that threw: GreenletExit if it was killed. Throws TimeoutError if `timeout`
  /// runs out before. For Greenlet<> there is nothing to return.
  auto get(const Timeout& timeout = {}) const -> std::add_lvalue_reference_t<T> {
    state_.get().wait_for_result(timeout);
    if constexpr (!std::is_void_v<T>) return static_cast<detail::GreenResult<T>&>(state_.get()).value();
  }

  /// What get() would return, or nullptr: not ended, or not by a return.
  auto value() const requires(!std::is_void_v<T>) {
    return successful() ? &static_cast<detail::GreenResult<T>&>(state_.get()).value() : nullptr;
  }

  /// What it threw; none if it has not ended, or has returned. A GreenletExit is
  /// no failure, and is not given.
  std::exception_ptr exception() const { return state_.get().exception(); }

  bool ready() const { return state_.get().ended(); }  ///< it has ended
  bool dead() const { return ready(); }
  bool successful() const { return state_.get().successful(); }  ///< it has returned, or was killed

  /// Throws GreenletExit, or `exception`, out of whatever it waits in, and waits
  /// until it has ended, at most `timeout`: 0 only asks. One that has not run yet
  /// never will. True if it has ended.
  ///
  /// What it goes through on its way out may wait in turn; destructors that run
  /// because of an exception are not thrown into a second time.
  bool kill(const Timeout& timeout = {}) const { return state_.get().kill(nullptr, timeout); }
  template <std::same_as<std::exception_ptr> E>  // or else 0 would be one, too
  bool kill(E exception, const Timeout& timeout = {}) const {
    return state_.get().kill(std::move(exception), timeout);
  }

  std::string name() const { return state_.get().name(); }
  GreenletStatus status() const { return status_of(state_.get()); }

  friend bool operator==(const Greenlet& a, const Greenlet& b) noexcept = default;

  explicit Greenlet(detail::GreenRef state) noexcept : state_(std::move(state)) {}

 private:
  template <class>
  friend class Greenlet;

  detail::GreenRef state_;
};

/// Runs f() in a new green thread of this OS thread, as gevent.spawn: when the
/// caller waits, or gives way by sleep(0), for the first time. Its arguments are
/// copied or moved in; std::ref passes a reference.
template <class F, class... Args>
requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
auto spawn(F&& f, Args&&... args) { return spawn(GreenletOptions{}, std::forward<F>(f), std::forward<Args>(args)...); }

/// The same with a name, or a stack of another size.
template <class F, class... Args>
requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
auto spawn(const GreenletOptions& options, F&& f, Args&&... args) {
  using T = std::decay_t<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;
  auto call = [f = std::decay_t<F>(std::forward<F>(f)),
               args = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable -> T {
    return std::apply(std::move(f), std::move(args));
  };
  detail::GreenRef state(new detail::GreenCall<T, decltype(call)>(std::move(call)));
  state.get().start(options.name, options.stack_size);
  return Greenlet<T>(std::move(state));
}

/// How joinall() waits.
struct JoinOptions {
  Timeout timeout = {};      ///< for all of them together
  bool raise_error = false;  ///< throw what the first in the list that failed threw, when its turn has come
};

/// Waits until all of them have ended, in the order of the list; returns those
/// that have.
WEFT_API std::vector<Greenlet<>> joinall(const std::vector<Greenlet<>>& greenlets, const JoinOptions& options = {});

WEFT_API void killall_by(const std::vector<Greenlet<>>& greenlets, const std::exception_ptr& exception,
                         const Timeout& timeout);

/// kill() for each of them, but for the caller, then waits for all, at most `timeout`.
inline void killall(const std::vector<Greenlet<>>& greenlets, const Timeout& timeout = {}) {
  killall_by(greenlets, nullptr, timeout);
}
template <std::same_as<std::exception_ptr> E>
void killall(const std::vector<Greenlet<>>& greenlets, E exception, const Timeout& timeout = {}) {
  killall_by(greenlets, exception, timeout);
}

/// Lets others run for so many seconds; 0 lets everybody run once who can, and
/// then goes on. On a thread without green threads it simply sleeps.
WEFT_API void sleep(double seconds = 0);

/// The green thread that calls this; a handle that stands for none in the OS
/// thread's own flow.
WEFT_API Greenlet<> getcurrent();

/// What all green threads of the process are doing, of every OS thread.
WEFT_API std::vector<GreenletStatus> enumerate();

/// spawn() that begins to run after so many seconds.
template <class F, class... Args>
requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
auto spawn_later(double seconds, F&& f, Args&&... args) {
  return spawn([seconds, f = std::decay_t<F>(std::forward<F>(f)),
                args = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable {
    sleep(seconds);
    return std::apply(std::move(f), std::move(args));
  });
}

}  // namespace weft::gevent
