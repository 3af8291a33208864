// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/stop.hpp"
#include "weft/threading.hpp"

namespace weft::cli {

struct Item {
  std::int64_t number = 0;  ///< from 1
  std::string text;
};

/// Where the items come from: a list, or a descriptor that is read no faster
/// than the items are used. So the input may be endless.
class Items {
 public:
  explicit Items(std::vector<std::string> list);
  /// `read_ahead` bytes may be kept, so as to know the total early.
  Items(int fd, char separator, std::size_t read_ahead, Stop& stop);

  /// The next item; nothing at the end and after a stop. Any thread may ask.
  std::optional<Item> next();

  /// How many there are in all, as soon as that is known; else -1.
  std::int64_t total() const noexcept { return total_.load(std::memory_order_relaxed); }

 private:
  std::optional<std::string> cut();
  bool fill();
  void read_on();
  void count_rest();

  threading::Lock lock_;
  std::int64_t given_ = 0;
  std::atomic<std::int64_t> total_{-1};

  std::vector<std::string> list_;  // of a list

  int fd_ = -1;  // of a descriptor
  char separator_ = '\n';
  std::size_t read_ahead_ = 0;
  Stop* stop_ = nullptr;
  std::string buffer_;
  std::size_t begin_ = 0;     // where the next item begins
  std::size_t searched_ = 0;  // up to where there is no separator
  bool skipping_ = false;     // the rest of an item that is too long
  bool at_end_ = false;
};

}  // namespace weft::cli
