// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "wait/place.hpp"
#include "weft/detail/work.hpp"

namespace weft::work {

/// Waits until the work is done; false at the deadline or when interrupted.
template <class Place>
bool await(typename Place::template Atomic<std::uint32_t>& word, const wait::Deadline& deadline,
           const wait::Reason& reason) noexcept {
  using Word = detail::WorkWord;
  for (unsigned round = 0;;) {
    std::uint32_t found = word.load(std::memory_order_acquire);
    if (Word::done(found)) return true;
    if (deadline.is_now()) return false;
    if ((found & Word::Asleep) == 0) {
      if (Place::spin(round++, wait::Coming::End)) continue;
      if (!word.compare_exchange_weak(found, found | Word::Asleep, std::memory_order_relaxed)) continue;
    }
    switch (Place::wait(word, found | Word::Asleep, deadline, reason)) {
      case wait::Outcome::Woken:
      case wait::Outcome::Changed:
        break;
      case wait::Outcome::TimedOut:
      case wait::Outcome::Interrupted:
        // It may have been done at the last moment: then that is what happened.
        return Word::done(word.load(std::memory_order_acquire));
    }
  }
}

}  // namespace weft::work
