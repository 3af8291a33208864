// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "cli/descriptor.hpp"

namespace weft::cli {

/// The terminal that `fd` leads to, opened once more, so that a write to it never
/// waits: whoever shares `fd` with us is not affected. Without a descriptor if
/// `fd` is no terminal, or may not be opened.
Descriptor reopened_terminal(int fd);

}  // namespace weft::cli
