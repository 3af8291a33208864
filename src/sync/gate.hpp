// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "wait/place.hpp"
#include "weft/detail/gate.hpp"

namespace weft::sync {

/// The algorithm of detail::Gate in any place.
///
/// Nobody is forgotten, because of two rules. A waiter raises Waiting before it
/// looks for the last time; whoever makes a change looks at Waiting after it.
/// So one of them sees the other.
///
/// At most one wake is on its way. The waker takes Waiting down, so the changes
/// that follow cost nothing; whoever was woken has the duty to raise it again
/// if others sleep on, and to send the next wake if there is more to take. So:
///
///     if somebody sleeps, Waiting is up, or somebody awake is about to raise it.
template <class Place>
class Gate {
 public:
  using Words = detail::GateWords<Place::template Atomic>;
  static constexpr std::uint32_t Waiting = Words::Waiting;

  static bool wait(Words& words, const detail::Attempt& attempt, const wait::Deadline& deadline,
                   const wait::Reason& reason) {
    if (deadline.is_now()) return attempt.take();
    bool woken = false;
    for (;;) {
      for (unsigned round = 0; Place::spin(round); ++round) {
        if (attempt.take()) return leave(words, attempt, woken, true);
      }
      switch (sleep(words, attempt, deadline, reason)) {
        case Slept::Took: return leave(words, attempt, woken, true);
        case Slept::Woken: woken = true; break;
        case Slept::Changed: break;
        case Slept::GaveUp: return leave(words, attempt, woken, attempt.take());
      }
    }
  }

  static void notify(Words& words) noexcept {
    std::uint32_t found = words.word.load(std::memory_order_seq_cst);
    do {
      if (!(found & Waiting)) return;  // somebody else sends the wake
    } while (!words.word.compare_exchange_weak(found, found + 1, std::memory_order_seq_cst));
    Place::wake(words.word, 1);
  }

  static void notify_all(Words& words) noexcept {
    std::uint32_t found = words.word.load(std::memory_order_seq_cst);
    do {
      if (!(found & Waiting)) return;
    } while (!words.word.compare_exchange_weak(found, found + 1, std::memory_order_seq_cst));
    Place::wake(words.word, wait::Everyone);
  }

 private:
  enum class Slept { Took, Woken, Changed, GaveUp };

  static Slept sleep(Words& words, const detail::Attempt& attempt, const wait::Deadline& deadline,
                     const wait::Reason& reason) {
    struct Counted {
      explicit Counted(Words& w) noexcept : words(w) { words.sleepers.fetch_add(1, std::memory_order_seq_cst); }
      ~Counted() { words.sleepers.fetch_sub(1, std::memory_order_seq_cst); }
      Words& words;
    } counted(words);
    std::uint32_t key = words.word.fetch_or(Waiting, std::memory_order_seq_cst) | Waiting;
    if (attempt.take()) return Slept::Took;
    switch (Place::wait(words.word, key, deadline, reason)) {
      case wait::Outcome::Woken: return Slept::Woken;
      case wait::Outcome::Changed: return Slept::Changed;
      default: return Slept::GaveUp;
    }
  }

  // Whoever used up a wake looks after those who sleep on.
  static bool leave(Words& words, const detail::Attempt& attempt, bool woken, bool took) {
    if (woken && words.sleepers.load(std::memory_order_seq_cst) != 0) {
      words.word.fetch_or(Waiting, std::memory_order_seq_cst);
      if (attempt.more()) notify(words);
    }
    return took;
  }
};

}  // namespace weft::sync
