// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "weft/detail/api.hpp"
#include "weft/detail/self.hpp"
#include "weft/timeout.hpp"

namespace weft::detail {

/// What somebody in front of a Gate tries to do: an object with
///
///   bool take(unsigned look)       does it and returns true, or does nothing and returns false;
///                                  `look` counts the tries, and is Now when they must not be put off
///   bool more() const noexcept     whether it would pay that another one tries
///
/// Points at that object; nothing is copied.
class Attempt {
 public:
  static constexpr unsigned Now = ~0u;

  template <class Doing>
  explicit Attempt(Doing& doing) noexcept
      : doing_(&doing),
        take_([](void* d, unsigned look) { return static_cast<Doing*>(d)->take(look); }),
        more_([](const void* d) noexcept { return static_cast<const Doing*>(d)->more(); }) {}

  bool take(unsigned look) const { return take_(doing_, look); }
  bool more() const noexcept { return more_(doing_); }

 private:
  void* doing_;
  bool (*take_)(void*, unsigned);
  bool (*more_)(const void*) noexcept;
};

/// The two words of a gate. `word` is a count of wakes, times two, plus Waiting
/// while somebody may be asleep on it whom no wake has been sent to.
/// Word is an atomic std::uint32_t of the place where the gate stands.
template <class Word>
struct GateWords {
  static constexpr std::uint32_t Waiting = 1;

  bool has_waiter() const noexcept { return (word.load(std::memory_order_seq_cst) & Waiting) != 0; }

  bool has_sleeper() const noexcept { return sleepers.load(std::memory_order_seq_cst) != 0; }

  Word word{0};
  Word sleepers{0};  // or about to sleep
};

/// Where those wait who need a change in some structure without a lock (an
/// eventcount). Whoever makes the change by a sequentially consistent
/// read-modify-write and then calls notify() wakes a waiter, if there is one,
/// and pays one load if there is none. The protocol is told in src/sync/gate.hpp.
class WEFT_API Gate {
 public:
  constexpr Gate() noexcept = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void notify() noexcept {
    if (words_.has_waiter()) notify_slow();
  }
  void notify_all() noexcept {
    if (words_.has_sleeper()) notify_all_slow();
  }

  /// Tries until attempt.take() is true; false if the time ran out before.
  /// `kind` is a literal, "Queue.get".
  bool wait(const Attempt& attempt, const Timeout& timeout, const char* kind, const void* object, const char* name);

  /// Forgets the waiters: for a child of fork(), which has none of them.
  void reset() noexcept;

 private:
  void notify_slow() noexcept;
  void notify_all_slow() noexcept;

  GateWords<std::atomic<std::uint32_t>> words_;
};

/// The policy of what lives in this process, for the structures of detail/ that
/// are templates over it. The model checker brings its own.
struct ThisProcess {
  template <class U>
  using Atomic = std::atomic<U>;
  using Gate = detail::Gate;

  /// A pause for somebody who waits for another's next few instructions: longer
  /// with each round, a short sleep in the end.
  WEFT_API static void linger(unsigned round) noexcept;

  /// A pause for somebody who lost the race for a word, and had lost it `lost` times
  /// before: a microsecond, and longer with each time up to a few. Meanwhile the winner's
  /// core goes on with the word, which it has at hand; if both are after it all the
  /// time, each has to fetch it for each change.
  WEFT_API static void back_off(unsigned lost) noexcept;

  /// A full fence in each thread of this process, wherever it is. It stands for the fence
  /// that a thread would need each time it takes a frequent step, if the caller's step is
  /// rare. Costs tens of microseconds, and an interrupt for each core. False where the
  /// kernel refuses; from then on can_fence_everyone() is false, too.
  WEFT_API static bool fence_everyone() noexcept;
  static bool can_fence_everyone() noexcept { return fences_everyone.load(std::memory_order_relaxed); }

  /// Changed in a child of fork(), once watch_forks() was called.
  static std::uint32_t fork_generation() noexcept { return detail::fork_generation; }
  WEFT_API static void watch_forks() noexcept;

  static void prepare_fences() noexcept;

 private:
  WEFT_API static std::atomic<bool> fences_everyone;
};

}  // namespace weft::detail
