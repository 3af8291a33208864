// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>
#include <string_view>

namespace weft::cli {

/// What `weft --help` and `weft map --help` print.
std::string help();
std::string map_help(std::size_t columns);

/// The manual page of `weft map`, as man reads it.
std::string manual();

/// What a shell reads to complete our words; empty if we do not know the shell.
std::string completion(std::string_view shell);

}  // namespace weft::cli
