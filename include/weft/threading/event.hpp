// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "weft/detail/api.hpp"
#include "weft/detail/fast.hpp"
#include "weft/timeout.hpp"

namespace weft::threading {

/// A flag that some wait for and one sets, as threading.Event.
///
///     weft::threading::Event ready;
///     ready.set();                       // in one thread
///     if (!ready.wait(5)) give_up();     // in the others
///
/// What happened before set() is seen by whoever wait() lets go. set() followed
/// at once by clear() still lets everybody go who waited. The child of a fork()
/// has the flag as it was.
class WEFT_API Event {
 public:
  constexpr Event() noexcept = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_set() const noexcept { return (word_.load(std::memory_order_acquire) & detail::EventWord::Set) != 0; }

  /// Lets everybody go who waits or will wait, until clear().
  void set() noexcept;

  /// From now on wait() waits again.
  void clear() noexcept { word_.fetch_and(~detail::EventWord::Set, std::memory_order_relaxed); }

  /// Waits until the event is set; false if `timeout` ran out before.
  bool wait(const Timeout& timeout = {}) { return is_set() || wait_slow(timeout); }

 private:
  bool wait_slow(const Timeout& timeout);

  std::atomic<std::uint32_t> word_{0};
};

}  // namespace weft::threading
