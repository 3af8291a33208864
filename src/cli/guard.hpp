// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <sys/types.h>

#include <atomic>

#include "cli/descriptor.hpp"

namespace weft::cli {

/// Sees to it that no command outlives us, also when we are killed with SIGKILL:
/// a process of its own, which sleeps until we are gone and then kills the
/// groups that it finds in a table. It is asleep all the time, and holds none of
/// our descriptors open but the terminal that it is to clean.
class Guard {
 public:
  /// Makes do without where there is no process to be had.
  /// `terminal`: what it is to clean when we were killed; -1: none.
  Guard(int slots, int terminal);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// Which process group a slot runs; 0: none.
  void note(int slot, pid_t group) noexcept {
    if (table_ != nullptr) table_[slot].store(group, std::memory_order_relaxed);
  }

  /// Lets it go: nothing is to be killed any more.
  void dismiss() noexcept;

 private:
  using Entry = std::atomic<pid_t>;

  [[noreturn]] void keep_watch(int lifeline, int terminal) const;

  int slots_;
  Entry* table_ = nullptr;  // shared with the guard; after the slots, whether it is dismissed
  Descriptor lifeline_;     // the guard reads its end, and reads the end of file when we are gone
  pid_t pid_ = -1;
};

}  // namespace weft::cli
