// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/detail/ref.hpp"
#include "weft/detail/slot.hpp"
#include "weft/detail/value.hpp"
#include "weft/errors.hpp"

namespace weft::os {
class Context;
}
namespace weft::wait {
class Waiter;
struct Flow;
}  // namespace weft::wait

namespace weft::detail {

/// What crosses between greenlets, as far as compiled code has to know it: one
/// for each type.
struct Crossing {
  const std::type_info* type;
  void (*move)(void* to, void* from);  // makes one at `to` out of the one at `from`
  void (*exit)(void* to);              // makes the one that stands for a GreenletExit
};

template <class T>
inline constexpr Crossing crossing{
    &typeid(T), [](void* to, void* from) { ::new (to) Value<T>(std::move(*static_cast<Value<T>*>(from))); },
    [](void* to) {
      if constexpr (std::is_constructible_v<Value<T>, GreenletExit>) {
        ::new (to) Value<T>(GreenletExit());
      } else if constexpr (std::is_default_constructible_v<Value<T>>) {
        ::new (to) Value<T>();
      } else {
        throw GreenletExit();
      }
    }};

/// A greenlet without its type. It lives as long as a handle, a child, or itself
/// while it is suspended; src/greenlet/core.cpp tells how it ends.
///
/// Whoever rests in switch_to() says what it takes and where to put it, so a
/// value goes straight to its place before the switch, and one of another type
/// is refused while its sender can still be told.
class WEFT_API GreenletCore {
 public:
  GreenletCore(const GreenletCore&) = delete;
  GreenletCore& operator=(const GreenletCore&) = delete;

  /// The one that runs: the caller's.
  static GreenletCore& current();

  /// Leaves `me`, which is current(), with *value, which is of that type, and rests
  /// until somebody comes back with one of the same type: makes it at `back`. Or
  /// throws. me.come_back() has to follow.
  void switch_to(GreenletCore& me, const Crossing& what, void* value, void* back);
  /// What is left to do after a switch: looks after who was left for this one, then
  /// throws what was thrown into it.
  void come_back() {
    if (left_ != nullptr || thrown_ != nullptr) [[unlikely]]
      come_back_slow();
  }
  void throw_into(const std::exception_ptr& exception, bool is_exit, const Crossing& what, void* back);
  static bool is_exit(const std::exception_ptr& exception) noexcept;

  GreenletCore* parent() const noexcept { return parent_; }
  void set_parent(GreenletCore& parent);
  bool dead() const noexcept { return state_.load(std::memory_order_acquire) >= Dead; }
  bool active() const noexcept { return state_.load(std::memory_order_acquire) == Started; }

  void hold() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept;

 protected:
  using Run = void (*)(GreenletCore& self);
  using Free = void (*)(GreenletCore* self) noexcept;

  /// One that will run(); `place` is where its first value goes.
  GreenletCore(Run run, Free free, const Crossing& takes, void* place, GreenletCore* parent, std::size_t stack_size);
  ~GreenletCore();

  /// What run() does last: *value goes to the parent.
  void finish(const Crossing& what, void* value) noexcept;

 private:
  enum State : std::uint8_t { New, Started, Dead, Gone };  // Gone: without a stack, too
  struct Root;

  explicit GreenletCore(Root& self) noexcept;

  static void entry(void* self);
  static void end_all(wait::Waiter& waiter) noexcept;

  bool is_here() const noexcept;
  void must_be_here(const GreenletCore& me) const;
  void prepare();
  void begin() noexcept;
  GreenletCore& reach() noexcept;
  GreenletCore& pass(const std::exception_ptr& exception, bool is_exit) noexcept;
  GreenletCore& pass_exit() noexcept;
  GreenletCore& pass_value(const Crossing& what, void* value) noexcept;
  void go(GreenletCore& to, const Crossing* what, void* back) noexcept;
  void rest(GreenletCore& to, const Crossing* what, void* back);
  void come_back_slow();
  void look_after_left() noexcept;
  void kill() noexcept;

  std::atomic<std::uint32_t> references_{1};
  std::atomic<State> state_{New};
  Root* root_;
  GreenletCore* parent_ = nullptr;
  os::Context* at_ = nullptr;  // where it was left; see Waiter::at
  wait::Flow* flow_ = nullptr;
  const Crossing* takes_ = nullptr;  // what it rests for; nullptr: nothing, whatever comes is dropped
  void* place_ = nullptr;
  std::exception_ptr thrown_;     // into it
  GreenletCore* left_ = nullptr;  // who left for this one and has nobody else: ended, or without a handle
  Run run_ = nullptr;
  Free free_ = nullptr;
  std::size_t stack_size_ = 0;
  GreenletCore* next_ = nullptr;  // among those that have a stack
  GreenletCore* previous_ = nullptr;
  GreenletCore* next_dropped_ = nullptr;
};

/// One reference to a GreenletCore.
class GreenletRef : public Ref<GreenletCore> {
 public:
  using Ref::Ref;

  /// Throws error if there is none.
  GreenletCore& get() const {
    if (find() == nullptr) refuse();
    return **this;
  }

 private:
  [[noreturn]] WEFT_API static void refuse();
};

/// A greenlet with its function, which is destroyed where it ran, or by the last
/// handle of one that never did. The slot is for the value that it begins with.
template <class T, class F>
class GreenletCall final : private Slot<Value<T>>, public GreenletCore {
 public:
  GreenletCall(F f, GreenletCore* parent, std::size_t stack_size)
      : GreenletCore(run, free, crossing<T>, this->place(), parent, stack_size), f_(std::move(f)) {}

 private:
  static void run(GreenletCore& core) {
    auto& self = static_cast<GreenletCall&>(core);
    Value<T> value = self.take();
    Value<T> result = call(self, value);
    self.finish(crossing<T>, &result);
  }

  static Value<T> call(GreenletCall& self, [[maybe_unused]] Value<T>& value) {
    F f = std::move(*self.f_);
    self.f_.reset();
    if constexpr (std::is_void_v<T>) {
      f();
      return {};
    } else if constexpr (std::is_invocable_v<F&, T>) {
      return result_of([&]() -> decltype(auto) { return f(std::move(value)); });
    } else {
      return result_of([&]() -> decltype(auto) { return f(); });
    }
  }

  template <class Call>
  static Value<T> result_of(Call made) {
    if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
      made();
      return T();
    } else {
      return T(made());
    }
  }

  static void free(GreenletCore* self) noexcept { delete static_cast<GreenletCall*>(self); }

  std::optional<F> f_;
};

}  // namespace weft::detail
