// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "weft/detail/gate.hpp"

namespace weft::detail {

/// A ring of pointers with one owner, who pushes and pops at the bottom, while
/// anybody steals at the top (Chase and Lev). It holds at most Capacity: whoever
/// owns it has somewhere else to go with more, so it never grows and nothing of
/// it is ever freed under a thief.
///
///     top_ -> [oldest | ... | newest] <- bottom_
///
/// A push costs no locked instruction, a pop one. The last item is fought for at
/// top_, by compare-and-swap, by owner and thieves alike.
///
/// Why no item is taken twice: pop() first takes bottom_ down and then looks at
/// top_; a thief first looks at top_ and then at bottom_; all four in the one
/// order of sequentially consistent operations. If the owner finds top_ below
/// the item that it takes, then whoever later finds top_ at that item also finds
/// bottom_ no higher.
///
/// In the child of a fork() whoever owns it next calls forget() first: it may have been
/// cut off between two steps of an owner who stayed behind.
template <class T, class Policy = ThisProcess, std::size_t Capacity = 256>
class Deque {
  template <class U>
  using Atomic = typename Policy::template Atomic<U>;

 public:
  Deque() noexcept = default;
  Deque(const Deque&) = delete;
  Deque& operator=(const Deque&) = delete;

  /// The owner's. False, and nothing done, if it is full.
  bool push(T* item) noexcept {
    if (!has_room()) [[unlikely]]
      return false;
    cell(mine_).store(item, std::memory_order_relaxed);
    bottom_.store(++mine_, std::memory_order_release);
    return true;
  }

  /// The owner's: makes what was pushed known by a sequentially consistent
  /// read-modify-write, for who looks at something else next and has to be seen first.
  void tell() noexcept { bottom_.exchange(mine_, std::memory_order_seq_cst); }

  /// The owner's: takes what was pushed last, or null.
  T* pop() noexcept {
    const std::int64_t last = mine_ - 1;
    return take_back() ? cell(last).load(std::memory_order_relaxed) : nullptr;
  }

  /// The owner's, who knows what it pushed last: takes that, or false if it was
  /// stolen.
  bool take_back() noexcept {
    const std::int64_t last = --mine_;
    bottom_.exchange(last, std::memory_order_seq_cst);
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    if (top < last) [[likely]]
      return true;
    bool taken =
        top == last && top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed);
    bottom_.store(++mine_, std::memory_order_relaxed);
    return taken;
  }

  /// The owner's: whether this is what it pushed last. It may have been stolen.
  bool is_last(const T* item) const noexcept {
    return mine_ > top_.load(std::memory_order_relaxed) && cell(mine_ - 1).load(std::memory_order_relaxed) == item;
  }

  /// Anybody's: takes the oldest, or null if there was none at some moment.
  T* steal() noexcept {
    for (;;) {
      std::int64_t top = top_.load(std::memory_order_seq_cst);
      if (bottom_.load(std::memory_order_seq_cst) <= top) return nullptr;
      T* item = cell(top).load(std::memory_order_relaxed);
      // release: our look at the cell comes before the owner's next use of it.
      if (top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed)) return item;
    }
  }

  /// Whether there was something at some moment of the call.
  bool has_some() const noexcept {
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    return bottom_.load(std::memory_order_seq_cst) > top;
  }

  /// Drops all that is there, and whatever its owner was about to do.
  void forget() noexcept {
    mine_ = top_seen_ = top_.load(std::memory_order_relaxed);
    bottom_.store(mine_, std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t Line = 64;

  Atomic<T*>& cell(std::int64_t at) noexcept { return cells_[static_cast<std::size_t>(at) % Capacity]; }
  const Atomic<T*>& cell(std::int64_t at) const noexcept { return cells_[static_cast<std::size_t>(at) % Capacity]; }

  bool has_room() noexcept {
    constexpr auto Most = static_cast<std::int64_t>(Capacity);
    if (mine_ - top_seen_ < Most) return true;
    // acquire: the thief that made the room has looked at its cell.
    top_seen_ = top_.load(std::memory_order_acquire);
    return mine_ - top_seen_ < Most;
  }

  alignas(Line) Atomic<std::int64_t> bottom_{0};
  // The owner's: bottom_, for itself, since to read what was just exchanged is slow; and
  // top_ as it was when it last looked.
  std::int64_t mine_ = 0;
  std::int64_t top_seen_ = 0;
  alignas(Line) Atomic<std::int64_t> top_{0};
  alignas(Line) Atomic<T*> cells_[Capacity]{};
};

}  // namespace weft::detail
