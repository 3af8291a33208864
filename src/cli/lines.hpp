// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/descriptor.hpp"

namespace weft::cli {

/// Reads a descriptor and cuts it into what ends with the separator. It reads no
/// faster than it is asked to, so the input may be endless.
class Lines {
 public:
  /// What is given to it; 0, 1 and 2 stay open.
  Lines(int fd, char separator);
  /// Opens a file; "-" is stdin. Throws OSError.
  Lines(const std::string& file, char separator);
  Lines(Lines&&) = default;
  ~Lines();

  struct Line {
    std::string text;
    bool was_cut = false;  ///< it is longer than any argument of a program may be: the rest is left out
  };
  /// The next line without its separator, if all of it has been read.
  std::optional<Line> cut();

  /// About `size` bytes of whole lines with their separators, as soon as they
  /// have been read; a line is never split. Throws OSError (EMSGSIZE) if one
  /// does not end.
  std::optional<std::string> cut_block(std::size_t size);

  /// Reads on if that can be done without waiting; false if it cannot, or at the end.
  bool read_on();

  bool at_end() const noexcept { return at_end_; }                  ///< nothing is left to be read
  bool empty() const noexcept { return begin_ == buffer_.size(); }  ///< nor to be cut
  std::size_t ahead() const noexcept { return buffer_.size() - begin_; }

  /// How many lines cut() will still give, once at_end().
  std::int64_t left() const;

  int fd() const noexcept { return fd_; }

 private:
  bool ready() const;

  int fd_;
  Descriptor own_;
  char separator_;
  bool always_ready_;
  std::string buffer_;
  std::size_t begin_ = 0;     // where the next line begins
  std::size_t searched_ = 0;  // up to where there is no separator
  bool skipping_ = false;     // the rest of a line that is too long
  bool at_end_ = false;
};

}  // namespace weft::cli
