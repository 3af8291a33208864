// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weft::cli {

/// What `weft tour` prints for the words after it: the list of lessons, one of
/// them, or one of its programs. Throws UsageError.
std::string tour(const std::vector<std::string>& words, std::size_t columns);

}  // namespace weft::cli
