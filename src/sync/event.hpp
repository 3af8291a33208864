// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "wait/place.hpp"
#include "weft/detail/fast.hpp"

namespace weft::sync {

/// Sets the event and wakes everybody who waits for it.
template <class Place>
void set_event(typename Place::template Atomic<std::uint32_t>& word) noexcept {
  using Word = detail::EventWord;
  std::uint32_t found = word.load(std::memory_order_relaxed);
  for (;;) {
    // Already set: but what we did before must be seen by who sees it set.
    const bool was_set = (found & Word::Set) != 0;
    const std::uint32_t next = was_set ? found : Word::next_set(found);
    if (!word.compare_exchange_weak(found, next, std::memory_order_release, std::memory_order_relaxed)) continue;
    if (was_set) return;
    break;
  }
  if ((found & Word::Contended) != 0) Place::wake(word, wait::Everyone);
}

/// Waits until the event is set, or was set since this call began: a set()
/// followed at once by a clear() lets everybody go who waited. False at the
/// deadline or when interrupted.
template <class Place>
bool wait_event(typename Place::template Atomic<std::uint32_t>& word, const wait::Deadline& deadline,
                const wait::Reason& reason) noexcept {
  using Word = detail::EventWord;
  const std::uint32_t first = word.load(std::memory_order_acquire);
  for (unsigned round = 0;;) {
    std::uint32_t found = word.load(std::memory_order_acquire);
    if ((found & Word::Set) != 0 || Word::times(found) != Word::times(first)) return true;
    if (deadline.is_now()) return false;
    if ((found & Word::Contended) == 0) {
      if (Place::spin(round++)) continue;
      if (!word.compare_exchange_weak(found, found | Word::Contended, std::memory_order_relaxed)) continue;
    }
    switch (Place::wait(word, found | Word::Contended, deadline, reason)) {
      case wait::Outcome::Woken:
      case wait::Outcome::Changed:
        break;
      case wait::Outcome::TimedOut:
      case wait::Outcome::Interrupted:
        // It may have been set at the last moment: then that is what happened.
        found = word.load(std::memory_order_acquire);
        return (found & Word::Set) != 0 || Word::times(found) != Word::times(first);
    }
  }
}

}  // namespace weft::sync
