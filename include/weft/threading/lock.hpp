// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "weft/detail/api.hpp"
#include "weft/detail/fast.hpp"
#include "weft/detail/self.hpp"
#include "weft/timeout.hpp"

namespace weft::detail {

class Held;

}  // namespace weft::detail

namespace weft::threading {

/// A lock that one caller at a time can hold, as threading.Lock.
///
///     weft::threading::Lock lock;
///     {
///       std::scoped_lock held(lock);  // Python: with lock:
///       ++counter;
///     }
///
/// Four bytes, usable from static initialisation on, never destroyed too early.
/// OS threads and green threads may share one Lock: who has to wait waits in
/// its own way (a thread sleeps, a green thread lets its hub run the others).
/// As in Python, anyone may release it, and a caller that acquires it twice
/// waits for itself: RLock is the one that may be taken twice.
///
/// Not fair. release() wakes the caller that waited longest but does not hand
/// the lock to it: see docs/design/0003-wake-do-not-hand-over.md.
///
/// In the child of a fork(), a lock that was held by a thread which the child
/// does not have counts as free: whoever acquires it gets it.
class WEFT_API Lock {
 public:
  constexpr Lock() noexcept = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  /// Takes the lock, waiting for it as long as it takes, or at most `timeout`;
  /// false if the time ran out. acquire(0) only tries, as acquire(blocking=False)
  /// does. Throws ValueError if the timeout is negative.
  bool acquire() { return try_free() || acquire_slow(); }
  bool acquire(const Timeout& timeout) { return (!timeout.is_negative() && try_free()) || acquire_slow(timeout); }

  /// Gives the lock back. Throws RuntimeError if nobody holds it.
  void release() {
    std::uint32_t found = detail::LockWord::release(word_);
    if (!detail::LockWord::is_plain(found)) release_slow(found);
  }

  /// True if somebody holds the lock at this moment.
  bool locked() const noexcept;

  // The names that std::scoped_lock and std::unique_lock look for. An
  // interruption can end acquire(), but never lock().
  void lock() {
    if (!try_free()) lock_slow();
  }
  void unlock() { release(); }
  bool try_lock() { return try_free() || (detail::fork_generation != 0 && acquire_slow(0)); }

 private:
  friend class Condition;
  friend class weft::detail::Held;

  bool try_free() { return detail::LockWord::try_acquire(word_, detail::self()); }
  bool acquire_slow();
  bool acquire_slow(const Timeout& timeout);
  void lock_slow();
  void release_slow(std::uint32_t found);

  // Comes back with the lock, also to a green thread that is being killed: it
  // hears of that in a later wait.
  void lock_until_done() noexcept {
    if (!try_free()) lock_until_done_slow();
  }
  void lock_until_done_slow() noexcept;

  std::atomic<std::uint32_t> word_{detail::LockWord::Free};
};

}  // namespace weft::threading

namespace weft::detail {

/// Holds one of the library's own locks, from construction to destruction: what
/// must not be left half done, or must not throw, is done under it.
class Held {
 public:
  explicit Held(threading::Lock& lock) noexcept : lock_(lock) { lock_.lock_until_done(); }
  ~Held() { lock_.release(); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  threading::Lock& lock_;
};

}  // namespace weft::detail
