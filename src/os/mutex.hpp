// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "os/futex.hpp"

namespace weft::os {

/// The lock for the insides of the wait floor itself: held for a few
/// instructions, never while waiting, and taken by the fork handlers. Everything
/// above uses sync::Lock, which can be seen, timed and interrupted.
class Mutex {
 public:
  constexpr Mutex() noexcept = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() noexcept {
    std::uint32_t free = 0;
    if (!word_.compare_exchange_strong(free, Held, std::memory_order_acquire, std::memory_order_relaxed)) lock_slow();
  }
  void unlock() noexcept {
    if (word_.exchange(0, std::memory_order_release) == Contended) futex_wake(word_, 1, Scope::Private);
  }

  /// For the child after fork(): nobody else is there.
  void reset() noexcept { word_.store(0, std::memory_order_relaxed); }

 private:
  static constexpr std::uint32_t Held = 1, Contended = 2;

  void lock_slow() noexcept;

  std::atomic<std::uint32_t> word_{0};
};

}  // namespace weft::os
