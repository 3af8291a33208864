// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/item.hpp"
#include "cli/lines.hpp"
#include "cli/stop.hpp"

namespace weft::cli {

/// One place that values come from: what follows ::: or :::+, or a file.
struct Source {
  std::vector<std::string> list;
  std::string file;     ///< if not empty; "-" is stdin
  bool linked = false;  ///< goes side by side with the source before it
};

struct ItemsOptions {
  std::vector<Source> sources;   ///< none: stdin
  bool null = false;             ///< lines end with a null byte
  std::string column_separator;  ///< lines are split at it into several values
  std::size_t block = 0;         ///< not 0: no lines, but blocks of about so many bytes
};

/// The items, one after the other: every value of one source; or of several,
/// each with each, the last going round first. The first source is read no
/// faster than the items are used, so it may be endless; the others are kept.
class Items {
 public:
  /// Throws OSError if a file cannot be read. Where a stop is requested meanwhile,
  /// there are none.
  Items(const ItemsOptions& options, const Stop& stop);

  /// The next item. Nothing: at the end, or what there is does not make an item
  /// yet. Throws OSError; where there was no room for a block, it can be had later.
  std::optional<Item> next();
  bool at_end() const noexcept { return at_end_; }

  /// Reads some of what lies ready, to know the total sooner.
  void read_ahead();

  /// How many there are in all, as soon as that is known; else -1.
  std::int64_t total() const noexcept { return total_; }
  std::int64_t given() const noexcept { return given_; }

  /// What to poll when next() gave nothing; -1 if there is nothing to wait for.
  int fd() const noexcept { return at_end_ || !stream_ ? -1 : stream_->fd(); }

 private:
  struct Values {
    std::vector<std::string> list;
    bool too_long = false;

    void add(const Values& more);
  };

  void open();
  std::vector<Lines::Line> all_of(const Source& source) const;
  std::vector<Values> loaded(const Source* begin, const Source* end) const;
  Values split(Lines::Line line) const;
  bool next_of_first(Values& values);
  std::optional<Item> next_block();
  void look_at_end();

  const ItemsOptions options_;
  std::optional<Lines> stream_;  // the first source, if it is a file
  std::vector<Values> first_;    // else
  std::size_t first_given_ = 0;
  std::vector<std::vector<Values>> others_;
  std::vector<std::size_t> turn_;  // which of each of the others comes next
  Values held_;                    // of the first, while the others go round
  bool holds_ = false;
  std::string block_;  // what is to become the next block
  std::int64_t given_ = 0, total_ = -1;
  bool at_end_ = false;
};

}  // namespace weft::cli
