// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

#include "weft/concurrent/futures/future.hpp"
#include "weft/detail/api.hpp"
#include "weft/detail/work.hpp"

namespace weft::detail {

WEFT_API std::exception_ptr dropped_promise();
[[noreturn]] WEFT_API void throw_no_exception();

/// What a Promise stands for; counts its handles.
template <class T>
class Promised final : public Given<T> {
 public:
  Promised() noexcept : Given<T>(1) { this->word_here().store(WorkWord::Promised, std::memory_order_relaxed); }

  /// The last handle is gone. Who has a future, or is to be told, hears of it.
  void abandon() noexcept {
    const bool concerns_somebody = !this->is_held_once() || (this->word() & WorkWord::Heard) != 0;
    if (concerns_somebody && WorkWord::begin_setting(this->word_here())) {
      this->fail(dropped_promise());
      this->finish();
    }
    this->drop();
  }

  std::atomic<std::uint32_t> promises{1};
};

}  // namespace weft::detail

namespace weft::concurrent::futures {

/// The other end of a Future, for those who write executors or bring results by
/// other ways: what Future itself has in Python, set_result() and its like.
///
///     Promise<int> promise;
///     read_later([promise](int value) { promise.set_result(value); });
///     return promise.future();
///
/// A handle, as Future is. If all its copies are dropped before a result is set,
/// the future fails with RuntimeError: nobody waits for ever.
template <class T>
class Promise {
 public:
  Promise() : result_(new detail::Promised<T>) {}
  Promise(const Promise& other) noexcept : result_(other.result_) {
    result_->promises.fetch_add(1, std::memory_order_relaxed);
  }
  Promise& operator=(Promise other) noexcept {
    std::swap(result_, other.result_);
    return *this;
  }
  ~Promise() {
    if (result_->promises.fetch_sub(1, std::memory_order_acq_rel) == 1) result_->abandon();
  }

  Future<T> future() const noexcept {
    result_->hold();
    return Future<T>(result_);
  }

  /// True if the work is to be done: it counts as running, and cannot be cancelled
  /// any more. False if it was cancelled. Throws RuntimeError if neither.
  bool set_running_or_notify_cancel() const { return result_->start_or_notify(); }

  /// Sets the result: set_result(value), or set_result() for Promise<void>. Throws
  /// InvalidStateError if there is one, or if it was cancelled.
  template <class... U>
  requires(sizeof...(U) == (std::is_void_v<T> ? 0 : 1)) void set_result(U&&... value) const {
    result_->begin_setting();
    try {
      result_->store(std::forward<U>(value)...);
    } catch (...) {
      result_->fail(std::current_exception());
    }
    result_->finish();
  }

  /// Sets what result() throws. Throws InvalidStateError as set_result() does, and
  /// ValueError if it is null.
  void set_exception(std::exception_ptr exception) const {
    if (exception == nullptr) detail::throw_no_exception();
    result_->begin_setting();
    result_->fail(std::move(exception));
    result_->finish();
  }
  template <std::derived_from<std::exception> E>
  void set_exception(E exception) const {
    set_exception(std::make_exception_ptr(std::move(exception)));
  }

 private:
  detail::Promised<T>* result_;
};

}  // namespace weft::concurrent::futures
