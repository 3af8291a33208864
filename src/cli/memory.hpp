// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

namespace weft::cli {

/// How many bytes of memory may still be taken into use: what the machine has
/// left, or the control groups that this process is in, if that is less.
std::int64_t available_memory();

}  // namespace weft::cli
