// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

namespace weft::wait {

/// Between one who rests and those who rouse it: a rouse() that comes before the
/// rest is not lost, and exactly one of many has to do the waking.
///
///     who rests                            who rouses
///     if (signal.lie_down(Asleep))         switch (signal.rouse()) {
///       sleep();                             case Asleep: wake it up;
///     signal.get_up();                     }
template <class Place>
class Signal {
 public:
  using Word = typename Place::template Atomic<std::uint32_t>;

  /// How it rests; what is not Quiet or Roused is for the one who rests to
  /// choose, and for the one who rouses to know what waking takes.
  enum State : std::uint32_t { Quiet, Roused, Asleep, AsleepOnShared, Polling, Parked, ParkedOnShared, ParkedPolling };

  /// False if somebody has roused it since get_up(): then it must not rest.
  bool lie_down(State how) noexcept {
    std::uint32_t found = Quiet;
    return word_.compare_exchange_strong(found, how, std::memory_order_acq_rel, std::memory_order_acquire);
  }

  /// Forgets the rouse() and returns what it found: Roused, or how it rested if
  /// nobody roused it. What was done before any rouse() until now is seen.
  State get_up() noexcept { return static_cast<State>(word_.exchange(Quiet, std::memory_order_acquire)); }

  /// Returns what it was: Asleep and the like is for the caller to wake up.
  State rouse() noexcept { return static_cast<State>(word_.exchange(Roused, std::memory_order_acq_rel)); }

  State state() const noexcept { return static_cast<State>(word_.load(std::memory_order_acquire)); }

  Word& word() noexcept { return word_; }

 private:
  Word word_{Quiet};
};

}  // namespace weft::wait
