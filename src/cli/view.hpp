// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/event.hpp"
#include "cli/runner.hpp"
#include "cli/time.hpp"

namespace weft::cli {

/// The lines at the bottom of a terminal: how far the work is, and what each
/// slot is doing. The cursor rests at their beginning, so that whatever happens
/// next, to erase all below is enough; no state of the terminal is changed.
class View {
 public:
  /// Whether stderr is a terminal that can be drawn on.
  static bool possible();

  explicit View(bool visible) : visible_(visible), begun_(now()) {}
  ~View() { hide(); }
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  bool visible() const noexcept { return visible_; }

  /// Draws it with what is new, if it is time to.
  void draw(const Tally& tally, const Runner& runner);
  /// When that is; sooner if it was taken away.
  Time due() const noexcept {
    return !visible_ ? Never : on_screen_ ? drawn_at_ + Tick : std::min(drawn_at_ + Tick, restored_at_ + NotTooOften);
  }

  /// Takes it away, before something else is written to the terminal.
  void hide();
  /// Puts it back as it was.
  void restore();
  /// Takes it away for good.
  void close() {
    hide();
    visible_ = false;
  }

  /// One line for where there is no terminal: "12/100  12 %  ...".
  static std::string line(const Tally& tally, Time elapsed);

 private:
  static constexpr Time Tick = 100 * Millisecond, NotTooOften = 20 * Millisecond;

  struct Sample {
    int pid = 0;
    Time at = 0;
    std::int64_t bytes = 0;
  };

  std::string frame(const Tally& tally, const Runner& runner, std::size_t columns, std::size_t rows);
  std::string worker(const Runner::Sight& sight, std::size_t columns);
  std::int64_t memory_of(const Runner::Sight& sight);

  bool visible_;
  bool on_screen_ = false;
  Time begun_, drawn_at_ = 0, restored_at_ = 0;
  std::string frame_;
  std::map<int, Sample> samples_;  // by slot
};

}  // namespace weft::cli
