// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::subprocess {

/// A string as Python's repr() shows it: 'it is', "it's". Bytes that are not
/// UTF-8 show as \xNN.
std::string repr(std::string_view text);

/// A list of strings: ['ls', '-l'].
std::string repr(const std::vector<std::string>& words);

}  // namespace weft::subprocess
