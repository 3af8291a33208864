// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace weft::detail {

/// How a structure that must not fail halfway keeps a T: as it is if moving it
/// cannot throw, else in a box of its own, whose move cannot.
template <class T>
struct Boxed {
  static_assert(std::is_nothrow_destructible_v<T>, "a destructor that throws cannot be waited out");

  static constexpr bool in_box = !std::is_nothrow_move_constructible_v<T>;
  using Stored = std::conditional_t<in_box, std::unique_ptr<T>, T>;

  static T& open(Stored& stored) noexcept {
    if constexpr (in_box) {
      return *stored;
    } else {
      return stored;
    }
  }
  static const T& open(const Stored& stored) noexcept { return open(const_cast<Stored&>(stored)); }

  template <class U>
  static Stored pack(U&& item) {
    if constexpr (in_box) {
      return std::make_unique<T>(std::forward<U>(item));
    } else {
      return Stored(std::forward<U>(item));
    }
  }
};

}  // namespace weft::detail
