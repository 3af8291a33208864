// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/descriptor.hpp"
#include "cli/event.hpp"
#include "cli/runner.hpp"
#include "cli/time.hpp"

namespace weft::cli {

/// The lines at the bottom of a terminal: how far the work is, and what each
/// slot is doing. The cursor rests at their beginning, so that whatever happens
/// next, to erase all below is enough; no state of the terminal is changed. It
/// never waits for the terminal: what that does not take now is written later.
class View {
 public:
  /// Whether stderr is a terminal that can be drawn on.
  static bool possible();

  explicit View(bool visible);
  ~View() { hide(); }
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  bool visible() const noexcept { return visible_; }
  /// The terminal; writes to it do not wait.
  int fd() const noexcept { return own_ ? own_.get() : STDERR_FILENO; }

  /// Draws it with what is new, if it is time to.
  void draw(const Tally& tally, const Runner& runner);
  /// When that is; sooner if it was taken away.
  Time due() const noexcept {
    return !visible_ ? Never : on_screen_ ? drawn_at_ + Tick : std::min(drawn_at_ + Tick, restored_at_ + NotTooOften);
  }

  /// In which nothing could run: it counts for no rate.
  void let_time_pass(Time time) noexcept { begun_ += time; }

  /// Takes it away, before something else is written to the terminal. False if
  /// the terminal does not take that yet.
  bool hide();
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

  void write(std::string_view text);
  std::string frame(const Tally& tally, const Runner& runner, std::size_t columns, std::size_t rows);
  std::string worker(const Runner::Sight& sight, std::size_t columns);
  std::int64_t memory_of(const Runner::Sight& sight);

  bool visible_;
  Descriptor own_;    // stderr once more
  std::string rest_;  // what the terminal has not taken yet
  bool on_screen_ = false;
  Time begun_, drawn_at_ = 0, restored_at_ = 0;
  std::string frame_;
  std::map<int, Sample> samples_;  // by slot
};

}  // namespace weft::cli
