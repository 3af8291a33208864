// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "os/clock.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {

/// When whom to rouse: a heap, four to a node, of any number of waiters, each
/// in it at most once. For one thread.
class Timers {
 public:
  void reserve(std::size_t waiters);  ///< so that add() does not allocate
  void add(Waiter& waiter, std::int64_t deadline) noexcept;
  void remove(Waiter& waiter) noexcept;  ///< if it is in
  bool empty() const noexcept { return heap_.empty(); }
  std::int64_t first() const noexcept { return heap_.empty() ? os::Never : heap_.front().deadline; }
  /// Takes out whoever is due first, if that is before `now`.
  Waiter* take_due(std::int64_t now) noexcept;
  void clear() noexcept { heap_.clear(); }

 private:
  struct Entry {
    std::int64_t deadline;
    Waiter* waiter;
  };

  void put(std::size_t at, const Entry& entry) noexcept;
  void up(std::size_t at, const Entry& entry) noexcept;
  void down(std::size_t at, const Entry& entry) noexcept;

  std::vector<Entry> heap_;
};

}  // namespace weft::wait
