// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

#include "wait/deadline.hpp"

namespace weft::wait {

/// How a wait ended.
enum class Outcome : std::uint8_t {
  Woken,        // by a wake(), which is thereby used up
  TimedOut,     // the deadline passed, and no wake was used up
  Changed,      // the word did not hold what was expected; nobody slept
  Interrupted,  // a stop was requested, or the one who waits is being ended; no wake was used up
};

/// What somebody waits for, for those who look from outside. `kind` must be a
/// string literal, "Lock"; `object` is never followed.
struct Reason {
  const char* kind;
  const void* object;
  const char* name = nullptr;  // copied while the wait lasts
  std::uint32_t owner = 0;     // who holds the lock that is waited for; 0: it is not a lock
};

/// What one looks out for before sleeping, which decides how.
enum class Coming : std::uint8_t {
  Soon,  // somebody's next few steps: a lock given back, a condition notified
  Work,  // what others get round to once they have a core: items in a queue, room in it
  End,   // of somebody's task: the word is written once, so to look at it does not slow him
};

/// A place is where a word lives, and with it how one waits there. The floors
/// above take it as a template argument. A place has:
///
///   template <class T> using Atomic     the atomics that it works on
///   Outcome wait(word, expected, deadline, reason)
///   int wake(word, n)                   returns how many it woke (InShared: how many the kernel says)
///   bool spin(round, coming)            a pause, or a core given away, before sleeping;
///                                       false: enough, sleep
///   std::uint32_t self()                the id of the caller: never 0, at most 2^31-1
///   bool lost(id)                       true if `id` was lost: a thread that fork() left behind
///                                       (InShared: never; a process that ends holding a lock keeps it)
///
/// wait() and wake() are the kernel's futex, to the letter: wake() wakes those
/// who sleep on the word at that moment and is not remembered. InProcess wakes
/// first come, first woken, and only by a wake(). InShared may return Woken
/// without one, and looks again at least every 100 ms.
///
/// wait() with a deadline that is_now() never sleeps: Changed or TimedOut.

struct InProcess {
  template <class T>
  using Atomic = std::atomic<T>;

  static Outcome wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, const Deadline& deadline,
                      const Reason& reason) noexcept;
  static int wake(const Atomic<std::uint32_t>& word, int n) noexcept;
  static bool spin(unsigned round, Coming coming = Coming::Soon) noexcept;
  static std::uint32_t self() noexcept;
  static bool lost(std::uint32_t id) noexcept;
};

struct InShared {
  template <class T>
  using Atomic = std::atomic<T>;

  static Outcome wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, const Deadline& deadline,
                      const Reason& reason) noexcept;
  static int wake(const Atomic<std::uint32_t>& word, int n) noexcept;
  static bool spin(unsigned round, Coming coming = Coming::Soon) noexcept;
  static std::uint32_t self() noexcept;
  static bool lost(std::uint32_t) noexcept { return false; }
};

inline constexpr int Everyone = std::numeric_limits<int>::max();

}  // namespace weft::wait
