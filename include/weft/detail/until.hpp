// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "weft/detail/alarm.hpp"
#include "weft/timeout.hpp"

namespace weft::detail {

/// A Timeout that goes on over several waits.
class Until {
 public:
  explicit Until(const Timeout& timeout) noexcept : timeout_(timeout), moment_(Alarm::after(timeout)) {}

  /// What of it is left, at least nothing.
  Timeout left() const noexcept {
    if (moment_ == Alarm::Never) return timeout_;
    return {Timeout::from_nanoseconds(Alarm::left_until(moment_)), timeout_.stop()};
  }

 private:
  Timeout timeout_;
  Alarm::Moment moment_;
};

}  // namespace weft::detail
