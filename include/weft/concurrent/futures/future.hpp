// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

#include "weft/concurrent/futures/errors.hpp"
#include "weft/detail/ref.hpp"
#include "weft/detail/result.hpp"
#include "weft/detail/work.hpp"
#include "weft/timeout.hpp"

namespace weft::concurrent::futures {

/// What every Future has, whatever it holds. A handle: copies stand for the same
/// future.
class WEFT_API AnyFuture {
 public:
  AnyFuture() noexcept = default;

  /// Keeps it from ever running; false if it runs already or has ended, true also if it
  /// was cancelled before. What its
  /// callable holds is destroyed before this returns.
  bool cancel() const { return work().cancel(); }

  bool cancelled() const {
    std::uint32_t phase = detail::WorkWord::phase(work().word());
    return phase == detail::WorkWord::Cancelled || phase == detail::WorkWord::Notified;
  }
  bool running() const { return detail::WorkWord::phase(work().word()) == detail::WorkWord::Running; }
  /// True if it has ended or was cancelled.
  bool done() const { return work().done(); }

  /// What the call threw, or null if it returned, waiting for its end at most
  /// `timeout`. Throws TimeoutError, or CancelledError.
  std::exception_ptr exception(const Timeout& timeout = {}) const;

  /// Waits until it is done; false if the time ran out.
  bool wait(const Timeout& timeout = {}) const { return work().wait(timeout); }

  /// "<Future at 0x55... state=finished returned int>", as Python's repr().
  std::string repr() const { return work().describe(); }

  /// Whether this handle stands for a future at all.
  explicit operator bool() const noexcept { return work_.find() != nullptr; }
  /// Whether both stand for the same future.
  friend bool operator==(const AnyFuture&, const AnyFuture&) noexcept = default;
  /// Goes with ==, so that futures may be keys: std::hash.
  std::size_t hash() const noexcept { return std::hash<const void*>()(work_.find()); }

  /// For who writes executors: the record itself. Throws RuntimeError if there is none.
  detail::Work& work() const {
    if (!*this) throw_empty();
    return *work_;
  }

 protected:
  explicit AnyFuture(detail::Work* work) noexcept : work_(work) {}

 private:
  [[noreturn]] static void throw_empty();

  detail::Ref<detail::Work> work_;
};

/// The result of a call that was, is or will be made elsewhere, as
/// concurrent.futures.Future.
///
///     Future<int> answer = executor.submit(compute, 6, 7);
///     std::printf("%d\n", answer.result());
///
/// A handle: copies stand for the same future, any thread may use them, and the
/// last one dropped neither waits nor cancels. A failure that nobody has looked
/// at by then goes to the excepthook.
///
/// A task that waits for another of its own pool runs it itself if nobody has
/// begun it; so tasks may wait for tasks in a pool of any size, also of one. Only a
/// wait without a timeout does so: the task could outlast a timeout.
template <class T>
class Future : public AnyFuture {
 public:
  using value_type = T;

  Future() noexcept = default;
  /// For those who write executors: takes over a reference.
  explicit Future(detail::Result<T>* result) noexcept : AnyFuture(result) {}

  /// What the call returned, waiting for it at most `timeout`. Throws what the
  /// call threw, TimeoutError, or CancelledError. The reference holds as long as
  /// there is a handle.
  decltype(auto) result(const Timeout& timeout = {}) const& {
    if constexpr (std::is_void_v<T>) {
      ended(timeout).get();
    } else {
      return std::as_const(ended(timeout).get());
    }
  }

  /// The same from a handle that is given up: moved out if it is the last one, or
  /// if it cannot be copied.
  T result(const Timeout& timeout = {}) && { return detail::take_result(ended(timeout)); }

  /// Calls f(future), or f() if it takes nothing, when this is done: in the
  /// thread that completes it, or at once if it is done. In the order in which they
  /// were added. What f throws goes to the excepthook.
  template <class F>
  void add_done_callback(F f) const;

  /// A future of f(value), or of f() if it takes nothing, called when the value is there, in
  /// the thread that brings it. After a failure or a cancellation f is not called: the new
  /// future ends in the same way. It fails with what f throws. f may move the value away only
  /// if that cannot be copied.
  template <class F>
  auto then(F f) const;

 private:
  detail::Result<T>& ended(const Timeout& timeout) const {
    auto& result = static_cast<detail::Result<T>&>(work());
    if (!result.wait(timeout)) detail::throw_timed_out();
    return result;
  }
};

}  // namespace weft::concurrent::futures

namespace weft::detail {

/// A result that is set from outside, or by a Listener; nobody runs it.
template <class T>
class Given : public Result<T> {
 public:
  explicit Given(std::uint32_t holders) noexcept : Result<T>(holders) {}

  Origins* origins() noexcept override { return &origins_; }

 private:
  void perform() override {}
  void forget_target() noexcept override {}

  Origins origins_;
};

/// Calls f(work) in a tell(), which must not throw; `Handle` is a Future.
template <class Handle, class F>
struct DoneCallback final : Listener {
  explicit DoneCallback(F&& f) : Listener(call, false), f_(std::move(f)) {}

  static Work* call(Listener& self, Work& work) {
    auto& callback = static_cast<DoneCallback&>(self);
    try {
      if constexpr (std::is_invocable_v<F&, Handle&>) {
        work.hold();
        Handle future(static_cast<Result<typename Handle::value_type>*>(&work));
        detail::invoke(callback.f_, future);
      } else {
        callback.f_();
      }
    } catch (...) {
      report_unheard("exception calling callback for " + work.describe(), std::current_exception());
    }
    delete &callback;
    return nullptr;
  }

  F f_;
};

/// What a continuation is called with: what others read as well, so that it may be changed
/// only where it cannot be copied.
template <class T>
using ToContinue = std::conditional_t<copyable<T>, const T&, T&>;

template <class F, class T>
struct TakesValue : std::is_invocable<F&, ToContinue<T>> {};
template <class F>
struct TakesValue<F, void> : std::false_type {};

template <class F, class T, bool = TakesValue<F, T>::value>
struct ContinuationResult : std::invoke_result<F&, ToContinue<T>> {};
template <class F, class T>
struct ContinuationResult<F, T, false> : std::invoke_result<F&> {};

template <class T, class F>
struct Continuation final : Listener {
  using R = std::remove_cvref_t<typename ContinuationResult<F, T>::type>;

  Continuation(F&& f, Work& work) : Listener(told, false), f_(std::move(f)), work_(work), next_(new Given<R>(2)) {
    next_->follow(work);
    next_->origins()->set(this, find);
  }

  static Work* find(const void* maker, std::size_t n) noexcept {
    return n == 0 ? &static_cast<const Continuation*>(maker)->work_ : nullptr;
  }

  static Work* told(Listener& self, Work& work) {
    auto& continuation = static_cast<Continuation&>(self);
    continuation.next_->origins()->clear();
    Work* next = continuation.go_on(static_cast<Result<T>&>(work));
    delete &continuation;
    return next;
  }

  Work* go_on(Result<T>& result) noexcept {
    if (WorkWord::phase(result.word()) != WorkWord::Finished) return next_->cancel_later();
    if (!next_->start()) return nullptr;
    try {
      if (result.failed()) {
        next_->fail(result.failure());
      } else if constexpr (std::is_void_v<R>) {
        call(result);
      } else {
        next_->store(call(result));
      }
    } catch (...) {
      next_->fail(std::current_exception());
    }
    return next_->finish_later();
  }

  decltype(auto) call(Result<T>& result) {
    if constexpr (TakesValue<F, T>::value) {
      return detail::invoke(f_, static_cast<ToContinue<T>>(result.value()));
    } else {
      return f_();
    }
  }

  F f_;
  Work& work_;  // which has this in its list, and is there until it has told
  const Ref<Given<R>> next_;
};

}  // namespace weft::detail

namespace weft::concurrent::futures {

template <class T>
template <class F>
void Future<T>::add_done_callback(F f) const {
  static_assert(std::is_invocable_v<F&, Future&> || std::is_invocable_v<F&>, "a callback takes the future, or nothing");
  work().tell(*new detail::DoneCallback<Future, F>(std::move(f)));
}

template <class T>
template <class F>
auto Future<T>::then(F f) const {
  static_assert(detail::TakesValue<F, T>::value || std::is_invocable_v<F&>,
                "f takes the value, by T or const T& (T& if it cannot be copied), or nothing");
  detail::Work& work = this->work();
  auto* continuation = new detail::Continuation<T, F>(std::move(f), work);
  Future<typename detail::Continuation<T, F>::R> next(continuation->next_.find());
  work.tell(*continuation);
  return next;
}

/// What wait() and its like take: any range whose items are futures.
template <class Range>
concept RangeOfFutures =
    std::ranges::input_range<Range> && std::derived_from<std::ranges::range_value_t<Range>, AnyFuture>;

}  // namespace weft::concurrent::futures

template <class T>
struct std::hash<weft::concurrent::futures::Future<T>> {
  std::size_t operator()(const weft::concurrent::futures::Future<T>& future) const noexcept { return future.hash(); }
};
template <>
struct std::hash<weft::concurrent::futures::AnyFuture> {
  std::size_t operator()(const weft::concurrent::futures::AnyFuture& future) const noexcept { return future.hash(); }
};
