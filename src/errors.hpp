// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <exception>
#include <string>
#include <typeinfo>

namespace weft::detail {

/// "std::vector<int>", as one would write it.
std::string type_name(const std::type_info& type);

/// "weft::ValueError: text", or the type alone where there is no text.
std::string describe(const std::exception_ptr& exception);

/// Writes to stderr, in one go, so that two threads that fail do not mix their words.
void say(const std::string& text) noexcept;

}  // namespace weft::detail
