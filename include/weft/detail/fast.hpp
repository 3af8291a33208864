// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

namespace weft::detail {

// The fast paths, over any atomics: the same text for the locks of one process,
// those between processes, and the model that checks them. A fast path says
// whether it has done the whole work; if not, sync/ goes on.

/// A lock's word: Free, or the id of the holder. A waiter adds Contended before
/// it sleeps, so a release that finds the bare id knows there is nobody to wake.
/// The id is for those who look (deadlock detector, a child after fork): it
/// binds nobody.
struct LockWord {
  static constexpr std::uint32_t Free = 0, Contended = 1u << 31;

  static constexpr std::uint32_t owner(std::uint32_t word) noexcept { return word & ~Contended; }

  template <class Atomic>
  static bool try_acquire(Atomic& word, std::uint32_t me) noexcept {
    std::uint32_t free = Free;
    return word.compare_exchange_strong(free, me, std::memory_order_acquire, std::memory_order_relaxed);
  }

  /// Lets go and returns what was there: Free (misuse) and Contended (somebody
  /// to wake) are for the slow path.
  template <class Atomic>
  static std::uint32_t release(Atomic& word) noexcept {
    return word.exchange(Free, std::memory_order_release);
  }

  static constexpr bool is_plain(std::uint32_t found) noexcept { return found != Free && (found & Contended) == 0; }
};

/// A semaphore's word: how many permits are left, and the Contended bit if
/// somebody may sleep. Beside it is `careful`: whether release() looks at the
/// word before it adds to it, as it has to if there is a limit, or are Plenty; and
/// better does if somebody waits, so that many of them send one wake.
struct SemaphoreWord {
  static constexpr std::uint32_t Contended = 1u << 31, Most = Contended - 1;
  static constexpr std::uint32_t Plenty = 1u << 30;  // too far below Most for all threads at once, one permit each

  static constexpr bool is_plain(std::uint32_t found) noexcept { return found < Plenty; }

  template <class Atomic>
  static bool try_acquire(Atomic& word) noexcept {
    std::uint32_t found = word.load(std::memory_order_relaxed);
    while ((found & Most) != 0) {
      if (word.compare_exchange_weak(found, found - 1, std::memory_order_acquire, std::memory_order_relaxed))
        return true;
    }
    return false;
  }

  /// Adds one permit without reading the word first: to read it right after an
  /// acquire() costs a quarter of the pair (Intel Xeon). False if it has to be careful,
  /// and nothing was added. `found` is what was there: if that is not plain, the slow
  /// path goes on.
  template <class Atomic, class Flag>
  static bool release_one(Atomic& word, const Flag& careful, std::uint32_t& found) noexcept {
    if (careful.load(std::memory_order_relaxed)) return false;
    found = word.fetch_add(1, std::memory_order_release);
    return true;
  }

  /// Adds `n` permits unless that makes more than `limit`: then false. Tells in
  /// `found` what was there: with Contended, which it takes down, somebody is to be
  /// woken. All in one step: whoever takes the permit may be the last to use the
  /// semaphore, so it is not touched again.
  template <class Atomic, class Flag>
  static bool release(Atomic& word, Flag& careful, std::uint32_t n, std::uint32_t limit,
                      std::uint32_t& found) noexcept {
    found = word.load(std::memory_order_relaxed);
    std::uint32_t next;
    do {
      if (limit - (found & Most) < n) {
        careful.store(true, std::memory_order_relaxed);
        return false;
      }
      next = (found & Most) + n;
      if (limit == Most) careful.store(!is_plain(next), std::memory_order_relaxed);
    } while (!word.compare_exchange_weak(found, next, std::memory_order_release, std::memory_order_relaxed));
    return true;
  }
};

/// An event's word: whether it is set, whether somebody may sleep, and how many
/// times it was set, so that a waiter who looks late still knows.
struct EventWord {
  static constexpr std::uint32_t Set = 1, Contended = 2, Once = 4;

  static constexpr std::uint32_t times(std::uint32_t word) noexcept { return word / Once; }
  static constexpr std::uint32_t next_set(std::uint32_t word) noexcept {
    return (word & ~(Set | Contended)) + Once + Set;
  }
};

}  // namespace weft::detail
