// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <string>

namespace weft::cli {

/// Where the work stands.
struct Tally {
  std::int64_t done = 0, failed = 0, total = -1;  ///< total: -1 while it is not known
  int running = 0;
};

/// The line at the bottom of a terminal. Not visible, and free, where stderr is
/// no terminal.
class Progress {
 public:
  Progress();

  bool visible() const noexcept { return visible_; }

  /// Draws the line, at most ten times a second.
  void show(const Tally& tally);
  /// Takes it away, before something is printed.
  void hide();

 private:
  std::string line(const Tally& tally, double seconds) const;

  bool visible_;
  bool drawn_ = false;
  double begun_, shown_ = -1;
};

}  // namespace weft::cli
