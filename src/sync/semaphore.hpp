// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "wait/place.hpp"
#include "weft/detail/fast.hpp"

namespace weft::sync {

/// Takes a permit, or returns false at the deadline or when interrupted.
///
/// At most one wake is in flight: release() clears Contended and wakes; whoever
/// was woken sets it again, whatever it finds, and wakes the next one if it
/// leaves permits behind. So a row of release() calls makes one system call, and
/// nobody sleeps beside a permit once the woken one has run.
template <class Place>
bool acquire_permit(typename Place::template Atomic<std::uint32_t>& word,
                    typename Place::template Atomic<bool>& careful, const wait::Deadline& deadline,
                    const wait::Reason& reason) noexcept {
  using Word = detail::SemaphoreWord;
  std::uint32_t slept = 0;
  for (unsigned round = 0;;) {
    std::uint32_t found = word.load(std::memory_order_relaxed);
    if ((found & Word::Most) != 0) {
      if (!word.compare_exchange_weak(found, (found - 1) | slept, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        continue;
      }
      if (slept != 0) careful.store(true, std::memory_order_relaxed);
      if (slept != 0 && (found & Word::Most) > 1) Place::wake(word, 1);
      return true;
    }
    if (deadline.is_now()) return false;
    if ((found & Word::Contended) == 0) {
      if (Place::spin(round++)) continue;
      if (!word.compare_exchange_weak(found, Word::Contended, std::memory_order_relaxed)) continue;
    }
    careful.store(true, std::memory_order_relaxed);  // after the bit: who takes that down has stored false before
    switch (Place::wait(word, Word::Contended, deadline, reason)) {
      case wait::Outcome::Woken:
        slept = Word::Contended;
        round = 0;
        break;
      case wait::Outcome::Changed:
        break;
      case wait::Outcome::TimedOut:
      case wait::Outcome::Interrupted:
        return false;
    }
  }
}

/// Gives `n` permits, unless that makes more than `limit`: then false. The word may
/// be gone when somebody is woken; a wake only needs to know where it was.
template <class Place>
bool release_permits(typename Place::template Atomic<std::uint32_t>& word,
                     typename Place::template Atomic<bool>& careful, std::uint32_t n, std::uint32_t limit) noexcept {
  std::uint32_t found;
  if (!detail::SemaphoreWord::release(word, careful, n, limit, found)) return false;
  if ((found & detail::SemaphoreWord::Contended) != 0) Place::wake(word, static_cast<int>(n));
  return true;
}

/// What is left to do of a release that did not look, and found what is not plain.
/// If somebody came to wait in the last moment, the semaphore may be gone by now; if
/// there are that many permits, nobody gives it up just now.
template <class Place>
void release_permit_slow(const typename Place::template Atomic<std::uint32_t>& word,
                         typename Place::template Atomic<bool>& careful, std::uint32_t found) noexcept {
  if ((found & detail::SemaphoreWord::Contended) != 0) {
    Place::wake(word, 1);
  } else {
    careful.store(true, std::memory_order_relaxed);
  }
}

}  // namespace weft::sync
