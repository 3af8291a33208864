// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace weft::detail {

/// What stands for a value where there is none to pass.
using Nothing = std::monostate;

/// A T, or Nothing for void.
template <class T>
using Value = std::conditional_t<std::is_void_v<T>, Nothing, T>;

/// As std::invoke, without <functional>: ten thousand lines for whoever includes it.
template <class F, class... Args>
decltype(auto) invoke(F&& f, Args&&... args) {
  return std::apply(std::forward<F>(f), std::forward_as_tuple(std::forward<Args>(args)...));
}

/// Whether a T can be copied, also where a container says that it can and its items cannot. `Depth` levels of
/// containers are looked into: they may contain themselves.
template <class T, int Depth = 3>
struct Copyable : std::is_copy_constructible<T> {};
template <class T, int Depth>
requires(Depth > 0 &&
         requires {
           typename T::allocator_type;
           typename T::value_type;
         }) struct Copyable<T, Depth>
    : std::conjunction<std::is_copy_constructible<T>, Copyable<typename T::value_type, Depth - 1>> {
};
template <class First, class Second, int Depth>
requires(Depth > 0) struct Copyable<std::pair<First, Second>, Depth>
    : std::conjunction<Copyable<First, Depth - 1>, Copyable<Second, Depth - 1>> {
};
template <class... Each, int Depth>
requires(Depth > 0) struct Copyable<std::tuple<Each...>, Depth> : std::conjunction<Copyable<Each, Depth - 1>...> {
};
template <class T>
inline constexpr bool copyable = Copyable<std::remove_const_t<T>>::value;

}  // namespace weft::detail
