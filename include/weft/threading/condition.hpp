// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <climits>
#include <cstdint>
#include <memory>

#include "weft/detail/api.hpp"
#include "weft/threading/lock.hpp"
#include "weft/threading/rlock.hpp"
#include "weft/timeout.hpp"

namespace weft::threading {

/// Lets callers wait until others say that something has changed, as
/// threading.Condition.
///
///     weft::threading::Condition changed;
///     {
///       std::scoped_lock held(changed);  // Python: with changed:
///       changed.wait_for([&] { return !jobs.empty(); });
///     }
///
/// Stands on a lock: its own RLock, or a Lock or RLock that it is given, which
/// must outlive it and which several conditions may share. wait() gives the
/// lock back while it waits, an RLock at whatever depth, and has it again when it
/// returns or throws.
///
/// notify(n) wakes the n that waited longest, and no others: there is no
/// spurious wake-up. Still, whoever takes the lock first may undo what they were
/// woken for, so wait for a predicate.
///
/// In the child of a fork() nobody waits any more; the lock is what Lock or RLock
/// says there.
class WEFT_API Condition {
 public:
  Condition();
  explicit Condition(Lock& lock);
  explicit Condition(RLock& lock);
  ~Condition();
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  /// The lock underneath.
  bool acquire(const Timeout& timeout = {}) {
    return lock_ != nullptr ? lock_->acquire(timeout) : rlock_->acquire(timeout);
  }
  void release() { lock_ != nullptr ? lock_->release() : rlock_->release(); }
  bool locked() const noexcept { return lock_ != nullptr ? lock_->locked() : rlock_->locked(); }

  /// Waits to be notified; false if `timeout` ran out before. Throws
  /// RuntimeError if the lock is not held.
  bool wait(const Timeout& timeout = {});

  /// Waits until `predicate()` is true, and returns what it returned last: false
  /// if `timeout` ran out before. The predicate runs with the lock held.
  template <class Predicate>
  auto wait_for(Predicate predicate, const Timeout& timeout = {}) {
    auto result = predicate();
    if (result) return result;
    const Timeout end = timeout.from_now();
    while (!result && wait(end)) result = predicate();
    return result ? result : predicate();
  }

  /// Wakes `n` of those who wait, or all if there are fewer. They go on once the
  /// caller releases the lock. Throws RuntimeError if the lock is not held.
  void notify(int n = 1);
  void notify_all() { notify(INT_MAX); }

  // The names that std::scoped_lock and std::unique_lock look for.
  void lock() { lock_ != nullptr ? lock_->lock() : rlock_->lock(); }
  void unlock() { release(); }
  bool try_lock() { return lock_ != nullptr ? lock_->try_lock() : rlock_->try_lock(); }

 private:
  bool is_owned() const noexcept { return lock_ != nullptr ? lock_->locked() : rlock_->is_owned(); }

  struct WholeLock;
  struct WholeRLock;
  struct Body;  // those who wait
  RLock own_;
  Lock* const lock_ = nullptr;
  RLock* const rlock_ = nullptr;
  std::unique_ptr<Body> body_;
};

}  // namespace weft::threading
