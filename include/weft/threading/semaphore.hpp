// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "weft/detail/api.hpp"
#include "weft/detail/fast.hpp"
#include "weft/timeout.hpp"

namespace weft::threading {

/// A number of permits that callers take and give back, as threading.Semaphore.
///
///     weft::threading::Semaphore connections(5);
///     std::scoped_lock one(connections);  // Python: with connections:
///
/// release() may be called by anyone, also before the first acquire(). Not fair:
/// a permit goes to who comes first once it is there.
///
/// In the child of a fork() there are as many permits as there were: those that
/// other threads held do not come back by themselves.
class WEFT_API Semaphore {
 public:
  /// Throws ValueError if `value` is negative or more than 2^30.
  explicit Semaphore(int value = 1);
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// Takes a permit, waiting for one as long as it takes, or at most `timeout`;
  /// false if the time ran out. acquire(0) only tries.
  bool acquire() { return detail::SemaphoreWord::try_acquire(word_) || acquire_slow(); }
  bool acquire(const Timeout& timeout) { return detail::SemaphoreWord::try_acquire(word_) || acquire_slow(timeout); }

  /// Gives `n` permits. Throws ValueError if `n` is less than one, or if that makes
  /// more than a BoundedSemaphore began with, or than 2^31-1.
  void release(int n = 1) {
    std::uint32_t found;
    if (n != 1 || !detail::SemaphoreWord::release_one(word_, careful_, found)) return release_carefully(n);
    if (!detail::SemaphoreWord::is_plain(found)) [[unlikely]]
      release_slow(found);
  }

  // The names that std::scoped_lock and std::unique_lock look for. An
  // interruption can end acquire(), but never lock().
  void lock() {
    if (!try_lock()) lock_slow();
  }
  void unlock() { release(); }
  bool try_lock() { return detail::SemaphoreWord::try_acquire(word_); }

 protected:
  Semaphore(int value, std::uint32_t limit);

 private:
  bool acquire_slow();
  bool acquire_slow(const Timeout& timeout);
  void lock_slow();
  void release_carefully(int n);
  void release_slow(std::uint32_t found) noexcept;

  std::atomic<std::uint32_t> word_;
  std::atomic<bool> careful_;
  const std::uint32_t limit_;
};

/// A Semaphore that never holds more permits than it began with, as
/// threading.BoundedSemaphore: a release() too many throws ValueError.
class WEFT_API BoundedSemaphore : public Semaphore {
 public:
  explicit BoundedSemaphore(int value = 1);
};

}  // namespace weft::threading
