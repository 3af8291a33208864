// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string_view>

#include "cli/capture.hpp"
#include "cli/progress.hpp"
#include "cli/stop.hpp"

namespace weft::cli {

/// Prints whole pieces, one after the other, and keeps the line of progress out
/// of their way. Used by one thread.
class Printer {
 public:
  Printer(Progress& progress, Stop& stop) : progress_(progress), stop_(stop) {}

  /// What a command wrote, to our stdout or stderr. After a stop it may be cut.
  void print(int fd, const Capture& capture);
  /// A line of our own, to stderr.
  void say(std::string_view message);
  /// Shows the line of progress, unless it would overwrite half a line.
  void show(const Tally& tally);

 private:
  bool write(int fd, std::string_view data);

  Progress& progress_;
  Stop& stop_;
  bool half_line_ = false;
};

}  // namespace weft::cli
