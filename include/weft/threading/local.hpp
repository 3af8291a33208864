// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/detail/callable.hpp"

namespace weft::detail {

// What every Local<T> shares: finds the value of the caller, makes it when it is
// missing, and drops it when its thread or the Local ends.
class WEFT_API LocalTable {
 public:
  using Make = void* (*)(void* context);
  using Drop = void (*)(void* value);

  explicit LocalTable(Drop drop);
  ~LocalTable();
  LocalTable(const LocalTable&) = delete;
  LocalTable& operator=(const LocalTable&) = delete;

  void* get(Make make, void* context);

  struct Body;

 private:
  std::shared_ptr<Body> body_;
};

}  // namespace weft::detail

namespace weft::threading {

/// Data of which every thread and green thread has its own, as threading.local.
///
///     weft::threading::Local<std::string> user([] { return std::string("nobody"); });
///     *user = "ada";      // in this thread only
///     user->size();
///
/// A thread's value is made when it first asks, by the function given or else as
/// T(), and destroyed when the thread ends or the Local does, whichever comes
/// first. Nobody may use a Local that is being destroyed. In the child of a
/// fork(), the caller keeps its value; those of threads which the child does not
/// have are never destroyed.
template <class T>
class Local {
 public:
  Local() : Local([] { return T(); }) {}

  /// `make()` makes the value of each thread, and runs in it.
  template <class Make>
  explicit Local(Make make) : make_([m = std::move(make)]() mutable { return new T(m()); }), table_(drop) {}

  T& operator*() { return get(); }
  T* operator->() { return &get(); }

 private:
  static void drop(void* value) { delete static_cast<T*>(value); }
  static void* make(void* self) { return static_cast<Local*>(self)->make_(); }
  T& get() { return *static_cast<T*>(table_.get(make, this)); }

  detail::Function<T*()> make_;
  detail::LocalTable table_;
};

}  // namespace weft::threading
