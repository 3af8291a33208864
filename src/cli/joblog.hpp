// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/descriptor.hpp"
#include "cli/event.hpp"

namespace weft::cli {

/// A line for each item that is finished with, in the form that GNU parallel
/// has for it. A line is written in one piece, once all output of its item has
/// been written: so what has a line was done, and what has none is to be done.
/// That holds when we are killed at any moment; not when the machine loses its
/// power, which may take the last lines with it.
class Joblog {
 public:
  enum Use { Write, OnlyRead };

  /// Begins the log, or with `resume` goes on with it: a last line that was
  /// written in part is taken off. Throws OSError, or RuntimeError if the file
  /// is something else, is in use, or would be overwritten. OnlyRead leaves the file
  /// as it is, and need not find one.
  Joblog(const std::string& file, bool resume, Use use);

  /// Whether the item of this number succeeded in a former run.
  bool has(std::int64_t number) const noexcept;
  /// Whether it was this one, then: `command` is as it would be written.
  bool is(std::int64_t number, const std::string& command) const;

  /// Throws OSError.
  void note(const Event& event);

 private:
  void load(Use use);
  void write(std::string_view text);

  std::string file_;
  Descriptor fd_;
  std::vector<std::uint32_t> done_;  // by number: 0, or the hash of the command that succeeded
};

}  // namespace weft::cli
