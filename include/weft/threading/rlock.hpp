// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "weft/detail/api.hpp"
#include "weft/detail/fast.hpp"
#include "weft/detail/self.hpp"
#include "weft/timeout.hpp"

namespace weft::threading {

/// A lock that its holder may take again, as threading.RLock: it is free when
/// it has been released as often as it was acquired.
///
///     weft::threading::RLock lock;
///     std::scoped_lock outer(lock);
///     std::scoped_lock inner(lock);  // the same thread: at once
///
/// Belongs to whoever acquired it, a thread or a green thread; only the owner
/// may release it. Not fair, as Lock. In the child of a fork(), one that was held
/// by a thread which the child does not have counts as free; the caller's own
/// stays its own.
class WEFT_API RLock {
 public:
  constexpr RLock() noexcept = default;
  RLock(const RLock&) = delete;
  RLock& operator=(const RLock&) = delete;

  /// Takes the lock once more, waiting as long as it takes, or at most `timeout`,
  /// if somebody else has it; false if the time ran out. Throws ValueError if the
  /// timeout is negative.
  bool acquire() { return try_free() || acquire_slow(); }
  bool acquire(const Timeout& timeout) { return (!timeout.is_negative() && try_free()) || acquire_slow(timeout); }

  /// Gives back one acquire(). Throws RuntimeError if the caller does not hold it.
  void release() {
    if (!is_owned()) [[unlikely]]
      release_unowned();
    if (again_ != 0) {
      --again_;
      return;
    }
    owner_.store(Nobody, std::memory_order_relaxed);
    std::uint32_t found = detail::LockWord::release(word_);
    if (!detail::LockWord::is_plain(found)) [[unlikely]]
      release_slow();
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

  bool try_free() {
    if (is_owned()) {
      ++again_;
      return true;
    }
    const std::uint32_t me = detail::self();
    if (!detail::LockWord::try_acquire(word_, me)) [[unlikely]]
      return false;
    owner_.store(me, std::memory_order_relaxed);
    return true;
  }

  // Only the owner itself can find its own id there, so relaxed is enough.
  bool is_owned() const noexcept { return owner_.load(std::memory_order_relaxed) == detail::self_id; }

  bool acquire_slow();
  bool acquire_slow(const Timeout& timeout);
  void lock_slow();
  void lock_until_done(std::uint32_t again) noexcept;  // as Lock's, and so often again
  void note_owner(std::uint32_t again) noexcept;
  void release_slow() noexcept;
  [[noreturn]] static void release_unowned();

  std::atomic<std::uint32_t> word_{detail::LockWord::Free};
  // What only the owner writes. Its id stands in the word, too, for those who look; but
  // to read that right after an exchange is slow (a third of all, on an Intel Xeon).
  static constexpr std::uint32_t Nobody = ~0u;  // not 0, as that is what a thread has that has no id yet
  std::atomic<std::uint32_t> owner_{Nobody};
  std::uint32_t again_ = 0;  // how often it has taken it beyond the first time
};

}  // namespace weft::threading
