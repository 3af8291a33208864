// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <stop_token>

#include "weft/detail/api.hpp"
#include "weft/timeout.hpp"

namespace weft::detail {

/// Requests a stop at a moment, unless it goes before. One thread keeps the time
/// for all of them, and is there only while there is something to keep.
class WEFT_API Alarm {
 public:
  /// In nanoseconds, on the clock of all waits.
  using Moment = std::int64_t;
  static constexpr Moment Never = INT64_MAX;

  static Moment after(const Timeout& timeout) noexcept;
  static bool passed(Moment moment) noexcept;

  Alarm(Moment moment, std::stop_source source);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

 private:
  friend class Alarms;
  const Moment moment_;
  std::stop_source source_;
};

}  // namespace weft::detail
