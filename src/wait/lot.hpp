// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "os/mutex.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {

/// The lot: where those are parked who wait for a word of this process. A hash
/// table from the word's address to its waiters, first come first. It grows with
/// the number of possible waiters (reserve), so that buckets stay short.
class Lot {
 public:
  /// Parks if the word still holds `expected`; false if it does not.
  bool park(Waiter& waiter, const std::atomic<std::uint32_t>& word, std::uint32_t expected) noexcept;
  /// True once a waker has let go of one that was parked.
  static bool is_woken(const Waiter& waiter) noexcept {
    return waiter.parking.state.load(std::memory_order_acquire) == Parking::Woken;
  }
  /// Takes back one that is still parked; false if a waker has taken it.
  bool leave(Waiter& waiter) noexcept;
  /// Wakes at most `n` who wait for the word, longest first; returns how many.
  int wake(const std::atomic<std::uint32_t>& word, int n) noexcept;
  /// Makes room for so many waiters. Without memory for that, the buckets get longer.
  void reserve(std::uint32_t waiters) noexcept;

  // fork(): see fork.cpp.
  void lock_all() noexcept;
  void unlock_all() noexcept;
  void forked() noexcept;

 private:
  struct alignas(32) Bucket {
    os::Mutex mutex;
    Waiter* first = nullptr;
    Waiter* last = nullptr;
  };
  struct Table {
    std::uint32_t bits;
    Bucket* buckets;
    Table* before;  // yesterday's, kept: somebody may be about to lock one of its buckets
  };

  static std::uint32_t hash(const void* word, std::uint32_t bits) noexcept;
  Bucket& locked(const void* word) noexcept;
  static void append(Bucket& bucket, Waiter& waiter) noexcept;

  static constexpr std::uint32_t FirstBits = 8;
  static Bucket first_buckets[1u << FirstBits];
  static Table first_table;

  std::atomic<Table*> table_{&first_table};
};

Lot& lot() noexcept;

}  // namespace weft::wait
