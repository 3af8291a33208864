// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "wait/place.hpp"
#include "weft/detail/fork.hpp"

namespace weft::work {

/// Which workers lie idle, whether one searches, and how one is called when
/// there is work: at most one at a time is on its way.
///
/// All of it is one word, so that every step is one sequentially consistent
/// read-modify-write:
///
///     63         48 47        17 16          1 0
///     [ the one on top | changes | lie idle | one searches ]
///
/// The idle lie in a stack: who lay down last is called first, and the others
/// sleep on. `changes` keeps a stale look at the one below from being taken for
/// a fresh one.
///
/// Nobody sleeps beside work. Whoever brings work makes it visible by a
/// sequentially consistent read-modify-write and then calls call(), which looks
/// at the word:
///
///     somebody searches      he finds it; or he gives up, and looks once more after that
///     nobody lies idle       they are all at work; who lies down looks once more after that
///     otherwise              one is called, and searches from that moment on
///
/// So whoever lies down must look once more, and call() if there is work; it may
/// be he himself who is called. Whoever searched and found must, when he was the
/// last who searched, call() if there is more: others have relied on him.
template <class Place>
class Idle {
 public:
  template <class T>
  using Atomic = typename Place::template Atomic<T>;

  static constexpr std::uint32_t Most = detail::IdleWord::Most;

  /// Where one worker lies. Told: of something else than work; ToWatch: so is he who is
  /// to look after the others.
  struct Seat {
    static constexpr std::uint32_t Called = 0, Asleep = 1, Told = 2, ToWatch = 3;

    Atomic<std::uint32_t> word{Called};
    Atomic<std::uint32_t> below{0};  // the number of the seat below, plus one
  };

  /// Where to find the seat of that number.
  using Find = Seat& (*)(void* table, std::uint32_t number);

  Idle(Find find, void* table) noexcept : find_(find), table_(table) {}

  std::uint64_t look() const noexcept { return word_.load(std::memory_order_seq_cst); }
  const Atomic<std::uint64_t>& word() const noexcept { return word_; }

  static constexpr std::uint32_t Nobody = ~0u;

  /// Takes one from the stack, who then searches; Nobody if somebody searches
  /// already, or no more than `reserve` lie idle. The caller wakes him, or sees
  /// to it that he comes.
  std::uint32_t call(std::uint32_t reserve = 0) noexcept {
    std::uint64_t found = word_.load(std::memory_order_seq_cst);
    for (;;) {
      if (!detail::IdleWord::worth_calling(found, reserve)) return Nobody;
      std::uint32_t number = top(found) - 1;
      std::uint32_t below = find_(table_, number).below.load(std::memory_order_relaxed);
      std::uint64_t next = make(below, changes(found) + 1, idle(found) - 1, searching(found) + 1);
      if (word_.compare_exchange_weak(found, next, std::memory_order_seq_cst)) return number;
    }
  }

  /// Takes anybody from the stack, whoever searches: to tell him of something
  /// else than work. He does not count as searching.
  std::uint32_t take() noexcept {
    std::uint64_t found = word_.load(std::memory_order_seq_cst);
    for (;;) {
      if (idle(found) == 0) return Nobody;
      std::uint32_t number = top(found) - 1;
      std::uint32_t below = find_(table_, number).below.load(std::memory_order_relaxed);
      std::uint64_t next = make(below, changes(found) + 1, idle(found) - 1, searching(found));
      if (word_.compare_exchange_weak(found, next, std::memory_order_seq_cst)) return number;
    }
  }

  /// Wakes one who was taken from the stack and sleeps or is about to; `how` is
  /// Called or Told.
  static void wake(Seat& seat, std::uint32_t how = Seat::Called) noexcept {
    if (seat.word.exchange(how, std::memory_order_release) == Seat::Asleep) Place::wake(seat.word, 1);
  }

  /// Tells one of something else than work who may sleep, or may have been called meanwhile.
  static void tell_if_asleep(Seat& seat) noexcept {
    std::uint32_t asleep = Seat::Asleep;
    if (seat.word.compare_exchange_strong(asleep, Seat::Told, std::memory_order_seq_cst, std::memory_order_relaxed)) {
      Place::wake(seat.word, 1);
    }
  }

  /// The caller, who is at work, becomes the one who searches; false if there is
  /// one already.
  bool begin_search() noexcept {
    std::uint64_t found = word_.load(std::memory_order_relaxed);
    while (searching(found) == 0) {
      if (word_.compare_exchange_weak(found, found + 1, std::memory_order_seq_cst)) return true;
    }
    return false;
  }

  /// Who searched has found something; true if he was the last who searched.
  bool end_search() noexcept { return searching(word_.fetch_sub(1, std::memory_order_seq_cst)) == 1; }

  /// The worker of that number lies down, and does not search any more if it
  /// did. It has to look for work once more, and then sleep().
  void lie_down(std::uint32_t number, bool searched) noexcept {
    Seat& seat = find_(table_, number);
    seat.word.store(Seat::Asleep, std::memory_order_relaxed);
    std::uint64_t found = word_.load(std::memory_order_relaxed);
    for (;;) {
      seat.below.store(top(found), std::memory_order_relaxed);
      std::uint64_t next = make(number + 1, changes(found) + 1, idle(found) + 1, searching(found) - (searched ? 1 : 0));
      if (word_.compare_exchange_weak(found, next, std::memory_order_seq_cst, std::memory_order_relaxed)) return;
    }
  }

  /// Waits until the one who lay down was woken. Returns how: Called, so that he
  /// searches, or otherwise; Asleep at the deadline.
  static std::uint32_t sleep(Seat& seat, const wait::Deadline& deadline, const wait::Reason& reason) noexcept {
    for (;;) {
      std::uint32_t found = seat.word.load(std::memory_order_acquire);
      if (found != Seat::Asleep) return found;
      if (Place::wait(seat.word, Seat::Asleep, deadline, reason) == wait::Outcome::TimedOut) {
        return seat.word.load(std::memory_order_acquire);
      }
    }
  }

  /// Nobody lies here any more: for the child of a fork().
  void reset() noexcept { word_.store(0, std::memory_order_relaxed); }

 private:
  static constexpr std::uint32_t MostChanges = (1u << 31) - 1;
  static constexpr std::uint32_t top(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word >> 48); }
  static constexpr std::uint32_t changes(std::uint64_t word) noexcept { return word >> 17 & MostChanges; }
  static constexpr std::uint32_t idle(std::uint64_t word) noexcept { return detail::IdleWord::idle(word); }
  static constexpr std::uint32_t searching(std::uint64_t word) noexcept { return detail::IdleWord::searching(word); }

  static constexpr std::uint64_t make(std::uint32_t top, std::uint32_t changes, std::uint32_t idle,
                                      std::uint32_t searching) noexcept {
    return static_cast<std::uint64_t>(top) << 48 | static_cast<std::uint64_t>(changes & MostChanges) << 17 |
           static_cast<std::uint64_t>(idle) << 1 | searching;
  }

  Find find_;
  void* table_;
  Atomic<std::uint64_t> word_{0};
};

}  // namespace weft::work
