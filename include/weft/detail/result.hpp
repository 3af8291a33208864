// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "weft/detail/value.hpp"
#include "weft/detail/work.hpp"

namespace weft::detail {

/// A Work whose result is a T. References and const are not kept: a future holds
/// a value.
template <class T>
class Result : public Work {
  static_assert(std::is_same_v<T, std::remove_cvref_t<T>>);
  static_assert(std::is_nothrow_destructible_v<T>, "a destructor that throws cannot be waited for");

 public:
  template <class... Args>
  void store(Args&&... args) {
    std::construct_at(&value_, std::forward<Args>(args)...);
    has_value_ = true;
  }
  T& value() noexcept { return value_; }

  /// What a future's result() does, once it is done.
  T& get() {
    std::uint32_t found = word();
    if (WorkWord::phase(found) != WorkWord::Finished) throw_cancelled();
    if (!has_value_) rethrow();
    return value_;
  }

 protected:
  explicit Result(std::uint32_t holders) noexcept : Work(holders) {}
  ~Result() override {
    if (has_value_) std::destroy_at(&value_);
  }
  const std::type_info& type() const noexcept override { return typeid(T); }

 private:
  union {
    T value_;
  };
  bool has_value_ = false;
};

template <>
class Result<void> : public Work {
 public:
  void store() noexcept {}
  void get() {
    if (WorkWord::phase(word()) != WorkWord::Finished) throw_cancelled();
    if (failed()) rethrow();
  }

 protected:
  using Work::Work;
  ~Result() override = default;
  const std::type_info& type() const noexcept override { return typeid(void); }
};

/// What `result`, which is done, holds: moved out where nobody else can want it, or where it cannot be copied.
template <class T>
T take_result(Result<T>& result) {
  if constexpr (std::is_void_v<T>) {
    result.get();
  } else if constexpr (!copyable<T>) {
    return std::move(result.get());
  } else {
    T& value = result.get();
    return result.is_held_once() ? T(std::move(value)) : T(value);
  }
}

/// A Work that calls `target()`. What the target holds is destroyed before the
/// work is done, in the thread that ran it (or that cancelled it).
template <class F, class R = std::remove_cvref_t<std::invoke_result_t<F>>>
class Task final : public Result<R> {
 public:
  using Value = R;

  template <class G>
  explicit Task(std::uint32_t holders, G&& target) : Result<R>(holders), target_(std::forward<G>(target)) {}

 private:
  ~Task() override {
    if (!gone_) std::destroy_at(&target_);
  }

  void perform() override {
    try {
      if constexpr (std::is_void_v<R>) {
        std::move(target_)();
      } else {
        this->store(std::move(target_)());
      }
    } catch (...) {
      this->fail(std::current_exception());
    }
    forget_target();
    this->finish();
  }

  void forget_target() noexcept override {
    gone_ = true;
    std::destroy_at(&target_);
  }

  union {
    F target_;
  };
  bool gone_ = false;
};

}  // namespace weft::detail
