// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "wait/place.hpp"

namespace weft::sync {

/// A barrier for a fixed number of parties, phase after phase.
///
/// All of its state is one 64-bit word: how many have arrived, whether it is
/// broken, which phase it is, and how the last sixteen phases ended, for those
/// who look late (later still, one is told that all had come). A phase ends when
/// the last party has arrived (and has run the action), or is cut short by
/// abort(), reset() or a timeout. Beside it stands a gate, a word to sleep on:
/// whoever ends a phase changes the state first and the gate after it; whoever
/// sleeps reads the gate first and the state after it.
template <class Place>
class Barrier {
 public:
  static constexpr std::uint32_t MostParties = (1u << 20) - 1;

  explicit Barrier(std::uint32_t parties) noexcept : parties_(parties) {}

  /// Waits for all parties. Returns which one this was (0 came first), or Broken.
  /// `action` runs in the last to arrive while the others wait; what it throws
  /// breaks the barrier and goes on to its caller.
  template <class Action>
  int wait(const wait::Deadline& deadline, const wait::Reason& reason, const Action& action) {
    std::uint64_t found = state_.load(std::memory_order_acquire);
    for (;;) {
      if ((found & BrokenBit) != 0) return Broken;
      std::uint64_t arrived = found & ArrivedMask;
      if (arrived == parties_) {  // full: the action of this phase is running
        sleep(phase(found), wait::Deadline::until_done(), reason);
        found = state_.load(std::memory_order_acquire);
        continue;
      }
      if (arrived + 1 < parties_) {
        if (!swap(found, found + 1)) continue;
        return wait_for_end(phase(found), deadline, reason) ? static_cast<int>(arrived) : Broken;
      }
      if (action) {
        if (!swap(found, found + 1)) continue;
        found += 1;
        try {
          action();
        } catch (...) {
          cut(phase(found), BrokenBit);
          throw;
        }
        // abort() and reset() may have cut the phase short meanwhile.
        if (!swap_strong(found, ended(found, false, 0))) return Broken;
      } else if (!swap(found, ended(found, false, 0))) {
        continue;
      }
      open_gate();
      return static_cast<int>(arrived);
    }
  }

  /// Breaks the barrier: all who wait, and all who come, get Broken until reset().
  void abort() noexcept { cut_any(BrokenBit); }

  /// Back to empty and unbroken; who waits gets Broken.
  void reset() noexcept { cut_any(0); }

  std::uint32_t parties() const noexcept { return parties_; }
  std::uint32_t n_waiting() const noexcept {
    return static_cast<std::uint32_t>(state_.load(std::memory_order_acquire) & ArrivedMask);
  }
  bool broken() const noexcept { return (state_.load(std::memory_order_acquire) & BrokenBit) != 0; }

  static constexpr int Broken = -1;

 private:
  // The state, from the low end: 20 bits arrived, 1 broken, 16 how the last
  // phases ended (lowest bit: the last one; 1: cut short), 27 the phase.
  static constexpr std::uint64_t ArrivedMask = MostParties;
  static constexpr std::uint64_t BrokenBit = 1ull << 20;
  static constexpr int EndsShift = 21, EndsBits = 16, PhaseShift = EndsShift + EndsBits;

  static std::uint64_t phase(std::uint64_t state) noexcept { return state >> PhaseShift; }

  static std::uint64_t ended(std::uint64_t state, bool cut_short, std::uint64_t broken) noexcept {
    std::uint64_t ends = ((state >> EndsShift) << 1 | (cut_short ? 1 : 0)) & ((1u << EndsBits) - 1);
    return (phase(state) + 1) << PhaseShift | ends << EndsShift | broken;
  }

  // acq_rel: each who arrives sees what those before it did, and shows its own.
  bool swap(std::uint64_t& found, std::uint64_t next) noexcept {
    return state_.compare_exchange_weak(found, next, std::memory_order_acq_rel, std::memory_order_acquire);
  }
  bool swap_strong(std::uint64_t& found, std::uint64_t next) noexcept {
    return state_.compare_exchange_strong(found, next, std::memory_order_acq_rel, std::memory_order_acquire);
  }

  // Sleeps until that phase is over; false at the deadline.
  bool sleep(std::uint64_t mine, const wait::Deadline& deadline, const wait::Reason& reason) noexcept {
    for (unsigned round = 0;;) {
      std::uint32_t gate = gate_.load(std::memory_order_acquire);
      if (phase(state_.load(std::memory_order_acquire)) != mine) return true;
      if (deadline.is_now()) return false;
      if (Place::spin(round++)) continue;
      if ((gate & Asleep) == 0 && !gate_.compare_exchange_weak(gate, gate | Asleep, std::memory_order_relaxed)) {
        continue;
      }
      wait::Outcome outcome = Place::wait(gate_, gate | Asleep, deadline, reason);
      if (outcome == wait::Outcome::TimedOut || outcome == wait::Outcome::Interrupted) return false;
    }
  }

  // True if the phase ended as it should. A deadline breaks the barrier, unless
  // everybody has arrived and only the action is still running.
  bool wait_for_end(std::uint64_t mine, const wait::Deadline& deadline, const wait::Reason& reason) noexcept {
    if (!sleep(mine, deadline, reason)) {
      std::uint64_t found = state_.load(std::memory_order_acquire);
      while (phase(found) == mine && (found & ArrivedMask) != parties_) {
        if (swap(found, ended(found, true, BrokenBit))) {
          open_gate();
          return false;
        }
      }
      sleep(mine, wait::Deadline::until_done(), reason);
    }
    std::uint64_t now = state_.load(std::memory_order_acquire);
    std::uint64_t since = (phase(now) - mine) & (~0ull >> PhaseShift);
    return since > EndsBits || (now >> (EndsShift + since - 1) & 1) == 0;
  }

  void cut(std::uint64_t mine, std::uint64_t broken) noexcept {
    std::uint64_t found = state_.load(std::memory_order_acquire);
    while (phase(found) == mine) {
      if (swap(found, ended(found, true, broken))) return open_gate();
    }
  }

  void cut_any(std::uint64_t broken) noexcept {
    std::uint64_t found = state_.load(std::memory_order_acquire);
    while (!swap(found, ended(found, true, broken))) {
    }
    open_gate();
  }

  void open_gate() noexcept {
    std::uint32_t found = gate_.load(std::memory_order_relaxed);
    // release: who finds the gate changed finds the state changed.
    while (!gate_.compare_exchange_weak(found, (found | Asleep) + 1, std::memory_order_release,
                                        std::memory_order_relaxed)) {
    }
    if ((found & Asleep) != 0) Place::wake(gate_, wait::Everyone);
  }

  static constexpr std::uint32_t Asleep = 1;  // the rest of the gate counts

  const std::uint32_t parties_;
  typename Place::template Atomic<std::uint64_t> state_{0};
  typename Place::template Atomic<std::uint32_t> gate_{0};
};

}  // namespace weft::sync
