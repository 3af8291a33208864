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

/// Whether a T can be copied, also where a container says that it can and its items cannot.
template <class T>
struct Copyable : std::is_copy_constructible<T> {};
template <class T>
requires(requires { typename T::value_type; } && !std::is_same_v<typename T::value_type, T>) struct Copyable<T>
    : std::conjunction<std::is_copy_constructible<T>, Copyable<typename T::value_type>> {
};
template <class First, class Second>
struct Copyable<std::pair<First, Second>> : std::conjunction<Copyable<First>, Copyable<Second>> {};
template <class... Each>
struct Copyable<std::tuple<Each...>> : std::conjunction<Copyable<Each>...> {};
template <class T>
inline constexpr bool copyable = Copyable<std::remove_const_t<T>>::value;

}  // namespace weft::detail
