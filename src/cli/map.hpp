// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "cli/options.hpp"

namespace weft::cli {

/// What the program exits with if it is not the number of items that failed.
enum Exit { MoreThan100 = 101, CannotExecute = 126, NotFound = 127, SignalBase = 128, Failure = 255 };

/// Runs the command for each item. Returns what the program exits with.
int map(const MapOptions& options);

}  // namespace weft::cli
