// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "cli/item.hpp"
#include "cli/time.hpp"

namespace weft::cli {

/// What happens, as all who look on are told: each of them has a note(event).
struct Event {
  enum Kind {
    Started,  ///< a command runs
    Tried,    ///< it has ended, or could not be run
    Retried,  ///< ... and the item will be tried again in `delay`
    Done,     ///< the item is finished with: what its command wrote has been written
  } kind;
  const Job& job;
  int slot = 0;  ///< from 1
  int pid = 0;
  const Result* result = nullptr;  ///< but for Started
  Time delay = 0;
};

/// Where the work stands.
struct Tally {
  std::int64_t total = -1;   ///< -1 while it is not known
  std::int64_t skipped = 0;  ///< done already, as the joblog says
  std::int64_t done = 0, failed = 0, retried = 0, killed = 0, timed_out = 0;
  std::int64_t running = 0, waiting = 0, printing = 0;
  std::int64_t cut = 0;    ///< begun, and ended by us because everything was to end
  std::int64_t given = 0;  ///< how many items were taken from the input

  /// Items of which nobody knows what became. There are none.
  std::int64_t lost() const noexcept { return given - skipped - done - running - waiting - printing - cut; }

  void note(const Event& event) noexcept {
    if (event.kind == Event::Retried) ++retried;
    if (event.kind == Event::Tried && event.result->was_killed()) ++killed;
    if (event.kind == Event::Tried && event.result->how == Result::TimedOut) ++timed_out;
    if (event.kind == Event::Done) {
      ++done;
      if (!event.result->succeeded()) ++failed;
    }
  }
};

}  // namespace weft::cli
