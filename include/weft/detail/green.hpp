// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/detail/recycled.hpp"
#include "weft/detail/ref.hpp"
#include "weft/timeout.hpp"

namespace weft::wait {
class Waiter;
}

namespace weft::detail {

/// What the handles of a green thread and the green thread itself share. It
/// lives as long as one of them.
class WEFT_API GreenState : public Recycled {
 public:
  GreenState(const GreenState&) = delete;
  GreenState& operator=(const GreenState&) = delete;

  void start(std::string_view name, std::size_t stack_size);
  bool join(const Timeout& timeout);
  void wait_for_result(const Timeout& timeout);
  bool kill(std::exception_ptr exception, const Timeout& timeout);

  bool ended() const noexcept { return (ended_.load(std::memory_order_acquire) & 1) != 0; }
  bool successful() const noexcept { return ended() && (error_ == nullptr || exited_); }
  std::exception_ptr exception() noexcept;
  std::string name() const;
  const wait::Waiter* waiter() const noexcept;  ///< nullptr: it has ended
  bool begun() const noexcept { return begun_.load(std::memory_order_relaxed); }

  void hold() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept {
    if (references_.load(std::memory_order_acquire) == 1 || references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      destroy();
    }
  }

 protected:
  using Call = void (*)(GreenState&);
  using Destroy = void (*)(GreenState*) noexcept;
  GreenState(Call call, Destroy free) noexcept : call_(call), free_(free) {}
  ~GreenState() = default;

 private:
  static void run(void* state) noexcept;
  static void raise(void* state);
  void destroy() noexcept;

  const Call call_;
  const Destroy free_;
  std::atomic<std::uint32_t> references_{1};
  std::atomic<std::uint32_t> ended_{0};  // an event's word
  wait::Waiter* waiter_ = nullptr;
  std::uint64_t life_ = 0;  // which one of its waiter's
  std::uint32_t id_ = 0;    // of its waiter
  std::atomic<bool> begun_{false};
  std::atomic<bool> asked_{false};  // somebody wanted to know how it ended
  bool exited_ = false;             // by a GreenletExit
  std::atomic<std::exception_ptr*> to_raise_{nullptr};
  std::exception_ptr error_;
  std::string name_;
};

template <class T>
class GreenResult : public GreenState {
 public:
  T& value() noexcept { return *value_; }

 protected:
  using GreenState::GreenState;
  ~GreenResult() = default;
  std::optional<T> value_;
};

template <>
class GreenResult<void> : public GreenState {
 protected:
  using GreenState::GreenState;
  ~GreenResult() = default;
};

/// What a green thread calls. It is destroyed in the green thread itself when it
/// has been called, or by whoever has the last handle of one that never ran.
template <class T, class F>
class GreenCall final : public GreenResult<T> {
 public:
  explicit GreenCall(F&& f) : GreenResult<T>(call, destroy), f_(std::move(f)) {}

 private:
  static void call(GreenState& state) {
    auto& self = static_cast<GreenCall&>(state);
    struct Done {
      ~Done() { f.reset(); }
      std::optional<F>& f;
    } done{self.f_};
    if constexpr (std::is_void_v<T>) {
      (*self.f_)();
    } else {
      self.value_.emplace((*self.f_)());
    }
  }
  static void destroy(GreenState* state) noexcept { delete static_cast<GreenCall*>(state); }

  std::optional<F> f_;
};

/// One reference to a GreenState.
class GreenRef : public Ref<GreenState> {
 public:
  using Ref::Ref;

  /// Throws RuntimeError if there is none.
  GreenState& get() const {
    if (find() == nullptr) refuse();
    return **this;
  }

 private:
  [[noreturn]] WEFT_API static void refuse();
};

}  // namespace weft::detail
