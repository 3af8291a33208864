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
  /// One wait, on the stack of the one who waits.
  class Node {
   public:
    Node(const std::atomic<std::uint32_t>& word, Waiter& waiter) noexcept : word_(&word), waiter_(&waiter) {}
    bool woken() const noexcept { return state_.load(std::memory_order_acquire) == Woken; }

   private:
    friend class Lot;
    // Queued -> Taken under the bucket's lock, Taken -> Woken after it. Once
    // Woken, the node may be gone: the waker does not touch it again.
    enum State : std::uint8_t { Queued, Taken, Woken };

    const std::atomic<std::uint32_t>* word_;
    Waiter* waiter_;
    Node* next_ = nullptr;
    std::atomic<State> state_{Queued};
  };

  /// Parks if the word still holds `expected`; false if it does not.
  bool park(Node& node, std::uint32_t expected);
  /// Takes back a node that is still parked; false if a waker has taken it.
  bool leave(Node& node) noexcept;
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
    Node* first = nullptr;
    Node* last = nullptr;
  };
  struct Table {
    std::uint32_t bits;
    Bucket* buckets;
    Table* before;  // yesterday's, kept: somebody may be about to lock one of its buckets
  };

  static std::uint32_t hash(const void* word, std::uint32_t bits) noexcept;
  Bucket& locked(const void* word) noexcept;
  static void append(Bucket& bucket, Node& node) noexcept;

  static constexpr std::uint32_t FirstBits = 8;
  static Bucket first_buckets[1u << FirstBits];
  static Table first_table;

  std::atomic<Table*> table_{&first_table};
};

Lot& lot() noexcept;

}  // namespace weft::wait
