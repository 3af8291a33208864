// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace weft::detail {

/// A callable without arguments and result, move-only: what std::function costs
/// in a header is more than the rest of a room.
class Callable {
 public:
  Callable() noexcept = default;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Callable> && std::is_invocable_v<std::decay_t<F>&>) Callable(F&& f)
      : what_(new std::decay_t<F>(std::forward<F>(f)), [](void* what) { delete static_cast<std::decay_t<F>*>(what); }),
        call_([](void* what) { static_cast<void>((*static_cast<std::decay_t<F>*>(what))()); }) {}

  explicit operator bool() const noexcept { return call_ != nullptr; }
  void operator()() const { call_(what_.get()); }

 private:
  std::unique_ptr<void, void (*)(void*)> what_{nullptr, nullptr};
  void (*call_)(void*) = nullptr;
};

/// A callable that takes Args and returns nothing; copies share it.
template <class... Args>
class Callback {
 public:
  Callback() noexcept = default;

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Callback> && std::is_invocable_v<std::decay_t<F>&, Args...>)
      Callback(F&& f)
      : what_(std::make_shared<std::decay_t<F>>(std::forward<F>(f))), call_([](void* what, Args... args) {
          static_cast<void>((*static_cast<std::decay_t<F>*>(what))(std::forward<Args>(args)...));
        }) {}

  explicit operator bool() const noexcept { return call_ != nullptr; }
  void operator()(Args... args) const { call_(what_.get(), std::forward<Args>(args)...); }

 private:
  std::shared_ptr<void> what_;
  void (*call_)(void*, Args...) = nullptr;
};

}  // namespace weft::detail
