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
///     top_ -> [oldest | ... | shown ][ kept back | ... | newest ] <- end_
///                                    ^ shown_
///
/// A push costs no locked instruction; a pop of what is shown costs one, and of what
/// is kept back none. Kept back are the newest KeptBack items, without those that were
/// among the oldest Shown when they were pushed. A thief may take them too, and top_ is
/// above shown_ then, but pays with a fence for everyone: tens of microseconds, and an
/// interrupt for each core. The last item is fought for at top_, by compare-and-swap, by
/// owner and thieves alike.
///
/// Why no item is taken twice: the owner first takes shown_ down to the item, or
/// finds it there, and then looks at top_; a thief first looks at top_ and then at
/// shown_; all four in the one order of sequentially consistent operations. If the
/// owner finds top_ below the item that it takes, then whoever later finds top_ at
/// that item also finds shown_ no higher. Who is after what is kept back looks at
/// top_, and after the fence at end_: if the fence came to the owner before it took
/// end_ down, the owner sees what the thief has seen of top_, and else the thief sees
/// end_.
///
/// In the child of a fork() whoever owns it next calls forget() first: it may have been
/// cut off between two steps of an owner who stayed behind.
template <class T, class Policy = ThisProcess, std::size_t Capacity = 256, std::int64_t KeptBack = 0,
          std::int64_t Shown = 0>
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
    const std::int64_t last = my_end();
    cell(last).store(item, std::memory_order_relaxed);
    end_.store(last + 1, std::memory_order_release);
    const bool few = Shown != 0 && last < top_.load(std::memory_order_relaxed) + Shown;
    show(few ? last + 1 : last + 1 - kept_back());
    return true;
  }

  /// The owner's: keeps nothing back of what is there now.
  void show() noexcept { show(my_end()); }

  /// The owner's: the same, by a sequentially consistent read-modify-write, for who looks
  /// at something else next and has to be seen first.
  void tell() noexcept { shown_.exchange(my_shown_ = my_end(), std::memory_order_seq_cst); }

  /// The owner's: takes what was pushed last, or null.
  T* pop() noexcept {
    const std::int64_t last = my_end() - 1;
    return take_back() ? cell(last).load(std::memory_order_relaxed) : nullptr;
  }

  /// The owner's, who knows what it pushed last: takes that, or false if it was
  /// stolen.
  bool take_back() noexcept {
    const std::int64_t last = my_end() - 1;
    end_.store(last, std::memory_order_release);
    if (last < my_shown_) {
      shown_.exchange(my_shown_ = last, std::memory_order_seq_cst);
    } else {
      std::atomic_signal_fence(std::memory_order_seq_cst);  // the rest is up to the thief
    }
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    if (top < last) [[likely]]
      return true;
    bool taken =
        top == last && top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed);
    end_.store(last + 1, std::memory_order_relaxed);
    return taken;
  }

  /// The owner's: whether this is what it pushed last. It may have been stolen.
  bool is_last(const T* item) const noexcept {
    const std::int64_t end = my_end();
    return end > top_.load(std::memory_order_relaxed) && cell(end - 1).load(std::memory_order_relaxed) == item;
  }

  /// Anybody's: takes the oldest, or null if none was shown at some moment.
  T* steal() noexcept {
    for (;;) {
      std::int64_t top = top_.load(std::memory_order_seq_cst);
      if (shown_.load(std::memory_order_seq_cst) <= top) return nullptr;
      if (T* item = take(top)) return item;
    }
  }

  /// Anybody's, to take also what is kept back, in three steps: where the oldest is, or Nowhere
  /// if there is none, or nothing is ever kept back; then Policy::fence_everyone(), once for any
  /// number of deques; and that item, or null if it is not there any more.
  static constexpr std::int64_t Nowhere = -1;
  std::int64_t find_oldest() const noexcept {
    const std::int64_t top = top_.load(std::memory_order_seq_cst);
    return kept_back() != 0 && end_.load(std::memory_order_relaxed) > top ? top : Nowhere;
  }
  T* take_oldest(std::int64_t oldest) noexcept {
    return end_.load(std::memory_order_acquire) > oldest ? take(oldest) : nullptr;
  }

  /// Whether there was something at some moment of the call.
  bool has_some() const noexcept {
    std::int64_t top = top_.load(std::memory_order_seq_cst);
    return shown_.load(std::memory_order_seq_cst) > top ||
           (kept_back() != 0 && end_.load(std::memory_order_seq_cst) > top);
  }

  /// Drops all that is there, and whatever its owner was about to do.
  void forget() noexcept {
    my_shown_ = top_seen_ = top_.load(std::memory_order_relaxed);
    end_.store(top_seen_, std::memory_order_relaxed);
    shown_.store(top_seen_, std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t Line = 64;

  Atomic<T*>& cell(std::int64_t at) noexcept { return cells_[static_cast<std::size_t>(at) % Capacity]; }
  const Atomic<T*>& cell(std::int64_t at) const noexcept { return cells_[static_cast<std::size_t>(at) % Capacity]; }

  bool has_room() noexcept {
    constexpr auto Most = static_cast<std::int64_t>(Capacity);
    if (my_end() - top_seen_ < Most) return true;
    // acquire: the thief that made the room has looked at its cell.
    top_seen_ = top_.load(std::memory_order_acquire);
    return my_end() - top_seen_ < Most;
  }

  // So many at most, or none where nobody could have them.
  static std::int64_t kept_back() noexcept {
    if constexpr (KeptBack == 0) return 0;
    return Policy::can_fence_everyone() ? KeptBack : 0;
  }

  std::int64_t my_end() const noexcept { return end_.load(std::memory_order_relaxed); }

  void show(std::int64_t end) noexcept {
    if (end > my_shown_) shown_.store(my_shown_ = end, std::memory_order_release);
  }

  T* take(std::int64_t top) noexcept {
    T* item = cell(top).load(std::memory_order_relaxed);
    // release: our look at the cell comes before the owner's next use of it.
    return top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed) ? item
                                                                                                            : nullptr;
  }

  alignas(Line) Atomic<std::int64_t> shown_{0};
  Atomic<std::int64_t> end_{0};
  // The owner's: shown_, for itself, since to read what was just exchanged is slow; and
  // top_ as it was when it last looked.
  std::int64_t my_shown_ = 0;
  std::int64_t top_seen_ = 0;
  alignas(Line) Atomic<std::int64_t> top_{0};
  alignas(Line) Atomic<T*> cells_[Capacity]{};
};

}  // namespace weft::detail
