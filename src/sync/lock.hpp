// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "wait/place.hpp"
#include "weft/detail/fast.hpp"

namespace weft::sync {

/// Takes the lock, or returns false at the deadline or when interrupted. The
/// holder's id in the word is only looked at to see that fork() lost it: then
/// the lock counts as free.
///
/// Who has slept takes the lock with Contended set, for there may be others
/// asleep. That costs the last of them one wake too many, and saves a count.
template <class Place>
bool acquire(typename Place::template Atomic<std::uint32_t>& word, const wait::Deadline& deadline,
             wait::Reason reason) noexcept {
  using Word = detail::LockWord;
  const std::uint32_t me = Place::self();
  std::uint32_t slept = 0;
  for (unsigned round = 0;;) {
    std::uint32_t found = word.load(std::memory_order_relaxed);
    if (found == Word::Free || Place::lost(Word::owner(found))) {
      std::uint32_t mine = me | slept | (found & Word::Contended);
      if (word.compare_exchange_weak(found, mine, std::memory_order_acquire, std::memory_order_relaxed)) return true;
      continue;
    }
    if (deadline.is_now()) return false;
    if ((found & Word::Contended) == 0) {
      if (Place::spin(round++)) continue;
      if (!word.compare_exchange_weak(found, found | Word::Contended, std::memory_order_relaxed)) continue;
    }
    reason.owner = Word::owner(found);
    switch (Place::wait(word, found | Word::Contended, deadline, reason)) {
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

/// True if somebody holds the lock who still can give it back.
template <class Place>
bool is_held(const typename Place::template Atomic<std::uint32_t>& word) noexcept {
  std::uint32_t found = word.load(std::memory_order_relaxed);
  return found != detail::LockWord::Free && !Place::lost(detail::LockWord::owner(found));
}

/// What release() leaves to do when it found Contended: the lock is free, one
/// is woken and tries again. Nobody is handed the lock.
template <class Place>
void release_contended(typename Place::template Atomic<std::uint32_t>& word) noexcept {
  Place::wake(word, 1);
}

}  // namespace weft::sync
