// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <type_traits>
#include <variant>

namespace weft::detail {

/// What stands for a value where there is none to pass.
using Nothing = std::monostate;

/// A T, or Nothing for void.
template <class T>
using Value = std::conditional_t<std::is_void_v<T>, Nothing, T>;

}  // namespace weft::detail
