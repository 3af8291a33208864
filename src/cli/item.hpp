// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/capture.hpp"
#include "cli/descriptor.hpp"
#include "cli/time.hpp"

namespace weft::cli {

/// One thing to be done.
struct Item {
  std::int64_t number = 0;            ///< from 1
  std::vector<std::string> values;    ///< one for each source; of a block, and only of that, none
  bool too_long = false;              ///< a line that it comes from was cut, since no command could take it
  std::shared_ptr<Descriptor> block;  ///< what the command is to read, with --pipe
  std::uint64_t block_digest = 0;     ///< by which one knows it again

  /// As messages name it.
  std::string name() const;
};

/// An item, and what became of it so far.
struct Job {
  Item item;
  int tries = 0;
};

/// How one try of a command went.
struct Result {
  enum How {
    Exited,    ///< `code` is its exit status, or minus the signal that ended it
    TimedOut,  ///< we ended it after --timeout
    TooLarge,  ///< we ended it because it used more than --mem
    NotKept,   ///< we ended it because its output could not be kept: `error`
    NotRun,    ///< it could not be started: `error`
    Cut,       ///< we ended it because everything ends; it says nothing about the item
  };

  Job job;
  How how = Exited;
  int code = 0;
  int error = 0;  ///< errno
  int slot = 0;   ///< from 1
  int pid = 0;
  Time began_at = 0;  ///< on the wall
  Time took = 0;
  Time asked_after = 0;     ///< when we asked it to end, if we did
  std::int64_t memory = 0;  ///< what it used when --mem was overrun
  std::string command;      ///< as one would type it; only if somebody wants to know
  Capture out, err;

  bool succeeded() const noexcept { return how == Exited && code == 0; }
  bool was_killed() const noexcept { return (how == Exited && code < 0) || how == TimedOut || how == TooLarge; }

  /// Of this try: "failed with status 3", "was killed by SIGKILL", ...
  std::string verdict() const;
};

}  // namespace weft::cli
