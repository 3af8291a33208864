// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/event.hpp"

namespace weft::cli {

/// Why a slot has nothing to do.
enum class Idle { Input, Output, Memory, Room, Retry, Finish };

/// Where the time went, which items took longest, and what was tried again and
/// why: told at the end. Takes no more memory for more items.
class Summary {
 public:
  void note(const Event& event);
  void note_idle(Idle why, Time slots_times_time) { idle_[static_cast<std::size_t>(why)] += slots_times_time; }

  /// Several lines, without a newline at the end.
  std::string text(const Tally& tally, int jobs, Time took, Time starting) const;

 private:
  struct Slow {
    Time took;
    std::string name;
  };
  struct Again {
    std::string name;
    int tries;
    std::string why;
  };
  static constexpr std::size_t Slowest = 5, MostRetries = 10;

  std::vector<Slow> slowest_;  // the slowest first
  std::vector<Again> again_;   // the first of them
  std::int64_t retries_ = 0;
  Time working_ = 0;
  std::array<Time, 6> idle_{};
};

}  // namespace weft::cli
