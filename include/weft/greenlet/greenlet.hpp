// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <any>
#include <concepts>
#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/detail/greenlet_core.hpp"
#include "weft/errors.hpp"

namespace weft::greenlet {

using weft::GreenletExit;

/// A switch that cannot be made, as greenlet.error.
class WEFT_API error : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
  ~error() override;
};

template <class T>
class greenlet;

/// How a greenlet is made.
struct GreenletOptions {
  detail::GreenletRef parent = {};  ///< a greenlet of any type; empty: the one that makes it
  std::size_t stack_size = 0;       ///< in bytes; 0: 64 KiB, of which only what is used takes memory
};

/// The greenlet that runs, seen as one between which values of type T cross: that
/// of a thread, or of a green thread, outside of all others.
template <class T = std::any>
greenlet<T> getcurrent();

/// A function with a stack of its own, which is left and gone back to by name, as
/// greenlet.greenlet. Values cross both ways; T is their type.
///
///     using namespace weft::greenlet;
///     greenlet<int> child([&](int first) {
///       int second = getcurrent<int>().parent().switch_to(first + 1);
///       return second * 10;
///     });
///     child.switch_to(1);  // 2: what it sent
///     child.switch_to(5);  // 50: what it returned
///     child.dead();        // true
///
/// What a greenlet returns, its parent gets: that is the one that made it, unless
/// told otherwise. So does the parent get an exception that leaves the function; a
/// GreenletExit is no failure, and arrives as a value: as itself for std::any,
/// else as T(). Switching to a dead one goes on to its parent.
///
/// All greenlets of one thread, or green thread, take turns there, and no other
/// thread may switch to them. One that waits for a lock makes its whole thread
/// wait. Whoever rests in switch_to() takes a value of that call's type only:
/// another one is refused with a TypeError.
///
/// A handle: copies stand for the same greenlet. Dropping the last one of a
/// suspended greenlet throws GreenletExit into it, so that its stack is unwound;
/// where that happens in another thread, it waits for the greenlet's own to make
/// one, or to call getcurrent(). A thread's end does the same to all that it has,
/// also to those that keep handles of themselves, or of one another, on their
/// stacks; not so the end of main(), after which such ones stay as they are.
template <class T = std::any>
class greenlet {
  static_assert(std::is_void_v<T> || std::is_object_v<T>, "what crosses is moved: no references");

 public:
  /// A handle that stands for none. Using it throws `error`.
  greenlet() noexcept = default;

  /// One that will run f(value), or f(), when it is first switched to.
  template <class F>
  requires(std::is_invocable_v<std::decay_t<F>&> ||
           std::is_invocable_v<std::decay_t<F>&, T>) explicit greenlet(F&& f, GreenletOptions options = {})
      : core_(new detail::GreenletCall<T, std::decay_t<F>>(std::forward<F>(f), options.parent.find(),
                                                           options.stack_size)) {}

  /// The same with another parent, as Python's greenlet(f, parent).
  template <class F, class U>
  requires(std::is_invocable_v<std::decay_t<F>&> || std::is_invocable_v<std::decay_t<F>&, T>)
      greenlet(F&& f, const greenlet<U>& parent)
      : greenlet(std::forward<F>(f), GreenletOptions{.parent = parent}) {}

  /// Goes there with a T made of `args`, and returns what somebody switches back
  /// with. Throws what is thrown into the caller meanwhile, or what left a child.
  template <class... Args>
  requires std::is_constructible_v<detail::Value<T>, Args...> T switch_to(Args&&... args)
  const {
    detail::Value<T> value(std::forward<Args>(args)...);
    detail::Slot<detail::Value<T>> back;
    detail::GreenletCore& me = detail::GreenletCore::current();
    core_.get().switch_to(me, detail::crossing<T>, &value, back.place());
    me.come_back();
    return static_cast<T>(back.take());
  }

  /// Goes there and throws `exception` out of the switch_to() in which it rests.
  /// One that has not run yet never will. As in Python, whom it ends the
  /// exception passes on to the parent.
  template <class E = GreenletExit>
  requires(!std::same_as<E, std::exception_ptr>) T throw_into(E exception = E())
  const { return throw_into(std::make_exception_ptr(std::move(exception)), std::derived_from<E, GreenletExit>); }
  T throw_into(const std::exception_ptr& exception) const {
    return throw_into(exception, detail::GreenletCore::is_exit(exception));
  }

  /// Whoever gets what it returns; for a thread's own greenlet a handle that
  /// stands for none.
  greenlet parent() const& { return of(core_.get().parent()); }
  greenlet parent() && {  // getcurrent().parent().switch_to(): who leaves keeps no handle of itself meanwhile
    greenlet found = of(core_.get().parent());
    core_ = detail::GreenletRef();  // with {} clang 16 would forget to destroy what it held
    return found;
  }
  /// Throws ValueError for a circle, and for a greenlet of another thread.
  template <class U>
  void set_parent(const greenlet<U>& parent) const {
    core_.get().set_parent(parent.core_.get());
  }

  bool dead() const { return core_.get().dead(); }  ///< it has ended, or its thread has
  explicit operator bool() const { return core_.find() && core_.find()->active(); }  ///< it has begun, and not ended

  friend bool operator==(const greenlet&, const greenlet&) noexcept = default;

  operator detail::GreenletRef() const { return core_; }  ///< for GreenletOptions

 private:
  template <class>
  friend class greenlet;
  template <class U>
  friend greenlet<U> getcurrent();

  static greenlet of(detail::GreenletCore* core) {
    greenlet found;
    if (core != nullptr) core->hold();
    found.core_ = detail::GreenletRef(core);
    return found;
  }

  T throw_into(const std::exception_ptr& exception, bool is_exit) const {
    detail::Slot<detail::Value<T>> back;
    core_.get().throw_into(exception, is_exit, detail::crossing<T>, back.place());
    return static_cast<T>(back.take());
  }

  detail::GreenletRef core_;
};

template <class F, class... Rest>
requires(std::is_invocable_v<std::decay_t<F>&> || std::is_invocable_v<std::decay_t<F>&, std::any>)
    greenlet(F&&, Rest...)
->greenlet<>;

template <class T>
greenlet<T> getcurrent() {
  return greenlet<T>::of(&detail::GreenletCore::current());
}

}  // namespace weft::greenlet
