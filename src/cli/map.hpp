// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <optional>
#include <string>
#include <vector>

namespace weft::cli {

struct MapOptions {
  std::vector<std::string> command;
  std::optional<std::vector<std::string>> arguments;  ///< the items, if they were given after :::
  std::string file;                                   ///< else they are read from this; empty: stdin
  bool null = false;                                  ///< items end with a null byte, not with a newline
  int jobs = 0;                                       ///< 0: cpu_count()
  int retries = 0;
};

/// What `weft map` exits with if it is not the number of items that failed.
enum Exit { MoreThan100 = 101, CannotExecute = 126, NotFound = 127, SignalBase = 128, Failure = 255 };

/// Runs the command for each item. Returns what the program exits with.
int map(const MapOptions& options);

}  // namespace weft::cli
