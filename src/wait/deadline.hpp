// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <stop_token>

#include "os/clock.hpp"
#include "os/futex.hpp"
#include "weft/timeout.hpp"

namespace weft::wait {

/// The moment at which a wait gives up, and the stop token that may end it
/// sooner. Made from a Timeout once, on the slow path, and then handed from
/// wait to wait. Points into the Timeout that it was made from.
class Deadline {
 public:
  Deadline() noexcept = default;

  Deadline(const Timeout& timeout) noexcept : at_(moment(timeout)) {
    if (timeout.stop().stop_possible()) stop_ = &timeout.stop();
  }

  /// Never, and not even when the wait is interrupted: for what must be done
  /// before the caller may go on, as taking back the lock of a condition.
  static Deadline until_done() noexcept {
    Deadline deadline;
    deadline.until_done_ = true;
    return deadline;
  }

  std::int64_t at() const noexcept { return at_; }
  bool is_until_done() const noexcept { return until_done_; }
  bool is_never() const noexcept { return at_ == os::Never && stop_ == nullptr; }
  bool is_now() const noexcept { return at_ == 0; }  ///< acquire(0): only try
  bool stopped() const noexcept { return stop_ != nullptr && stop_->stop_requested(); }
  bool passed() const noexcept { return is_now() || (at_ != os::Never && os::now() >= at_); }
  /// The same end, for who waits for several things in a row.
  Timeout timeout() const noexcept {
    Timeout until = at_ == os::Never ? Timeout() : Timeout::until(at_);
    return stop_ != nullptr ? Timeout(until, *stop_) : until;
  }
  const std::stop_token* stop() const noexcept { return stop_; }

 private:
  static std::int64_t moment(const Timeout& timeout) noexcept {
    if (timeout.is_forever()) return os::Never;
    if (timeout.nanoseconds() <= 0) return 0;
    std::int64_t now = os::now();
    if (timeout.is_moment()) return timeout.nanoseconds() > now ? timeout.nanoseconds() : 0;
    return timeout.nanoseconds() > os::Never - 1 - now ? os::Never : now + timeout.nanoseconds();
  }

  std::int64_t at_ = os::Never;
  const std::stop_token* stop_ = nullptr;
  bool until_done_ = false;
};

}  // namespace weft::wait
