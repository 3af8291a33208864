// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "wait/place.hpp"
#include "weft/detail/gate.hpp"

namespace weft::sync {

/// The algorithm of detail::Gate, in any place.
///
/// Nobody is forgotten: a waiter raises Waiting before it looks for the last
/// time, and whoever makes a change looks at Waiting after it, both in the one
/// order of sequentially consistent operations. So one of them sees the other.
///
/// At most one wake is on its way. The waker takes Waiting down, and the
/// changes that follow cost it nothing. Whoever was woken owes the others: it
/// raises Waiting again if somebody sleeps on, and sends the next wake if there
/// is more to take. The invariant:
///
///     if somebody sleeps, Waiting is up, or somebody awake owes it.
///
/// Who comes too late to sleep because the word has changed owes nothing: the
/// wake that came with the change went to a sleeper, or there was none.
template <class Place>
class Gate {
 public:
  using Words = detail::GateWords<typename Place::template Atomic<std::uint32_t>>;

  /// Tries until attempt.take() is true, or the deadline has passed: then false.
  static bool wait(Words& words, const detail::Attempt& attempt, const wait::Deadline& deadline,
                   const wait::Reason& reason) {
    if (deadline.is_now()) return attempt.take(detail::Attempt::Now);
    Debt debt{words, attempt};
    for (;;) {
      for (unsigned round = 0; Place::spin(round, wait::Coming::Work); ++round) {
        if (attempt.take(round)) return true;
      }
      Asleep asleep(words);
      std::uint32_t key = words.word.fetch_or(Words::Waiting, std::memory_order_seq_cst) | Words::Waiting;
      if (attempt.take(detail::Attempt::Now)) return true;
      switch (Place::wait(words.word, key, deadline, reason)) {
        case wait::Outcome::Woken:
          debt.owed = true;
          break;
        case wait::Outcome::Changed:
          break;
        case wait::Outcome::TimedOut:
        case wait::Outcome::Interrupted:
          return attempt.take(detail::Attempt::Now);
      }
    }
  }

  static void notify(Words& words) noexcept {
    std::uint32_t found = words.word.load(std::memory_order_seq_cst);
    do {
      if ((found & Words::Waiting) == 0) return;  // somebody else has sent the wake
    } while (!words.word.compare_exchange_weak(found, found + 1, std::memory_order_seq_cst));
    Place::wake(words.word, 1);
  }

  /// Also those for whom somebody awake owes a wake: what they all wait for has
  /// come, and whoever owes need not find more to take.
  static void notify_all(Words& words) noexcept {
    std::uint32_t found = words.word.load(std::memory_order_seq_cst);
    while (!words.word.compare_exchange_weak(found, (found | Words::Waiting) + 1, std::memory_order_seq_cst)) {
    }
    Place::wake(words.word, wait::Everyone);
  }

 private:
  struct Asleep {
    explicit Asleep(Words& w) noexcept : words(w) { words.sleepers.fetch_add(1, std::memory_order_seq_cst); }
    ~Asleep() { words.sleepers.fetch_sub(1, std::memory_order_seq_cst); }
    Words& words;
  };

  // Paid on every way out, also when take() throws.
  struct Debt {
    ~Debt() {
      if (!owed || !words.has_sleeper()) return;
      words.word.fetch_or(Words::Waiting, std::memory_order_seq_cst);
      if (attempt.more()) notify(words);
    }
    Words& words;
    const detail::Attempt& attempt;
    bool owed = false;
  };
};

}  // namespace weft::sync
