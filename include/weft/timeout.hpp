// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <stop_token>
#include <utility>

#include "weft/detail/api.hpp"

namespace weft::detail {

[[noreturn]] WEFT_API void throw_not_a_number();

}  // namespace weft::detail

namespace weft {

/// For how long a call may wait. Nothing means for ever, a number means
/// seconds, a chrono duration means itself, and 0 means "only try". A bool does
/// not compile: acquire(false) in Python is acquire(0) here.
///
///     lock.acquire();                    // as long as it takes
///     lock.acquire(0.5);                 // half a second
///     lock.acquire(500ms);               // the same
///     lock.acquire(steady_clock::now() + 500ms);  // until that moment, by however many calls
///     queue.get({0.5, stop});            // until a stop is requested, at most half a second
///
/// A stop token ends the wait as if the time had run out. Time is measured on
/// the monotonic clock, from the moment of the call; a time too long to count
/// (292 years) is for ever. A moment that has passed means "only try".
class Timeout {
 public:
  Timeout() noexcept = default;

  /// Seconds. Whether a negative number is misuse is up to the call, as in
  /// Python: Lock::acquire throws ValueError, Thread::join returns at once. What
  /// is not a number throws ValueError here.
  template <class Number>
  requires((std::integral<Number> || std::floating_point<Number>)&&!std::same_as<Number, bool>) Timeout(Number seconds)
      : nanoseconds_(from_seconds(static_cast<double>(seconds))) {}

  /// Any std::chrono::duration.
  template <class Duration>
  requires requires(Duration d) {
    typename Duration::rep;
    d.count();
    Duration::period::num;
    Duration::period::den;
  }
  Timeout(Duration duration) : nanoseconds_(from_duration(duration)) {}

  /// Until a moment on std::chrono::steady_clock. Another clock that says it is
  /// steady has to count from the same moment.
  template <class Moment>
  requires(Moment::clock::is_steady) Timeout(const Moment& moment)
      : nanoseconds_(from_duration(moment.time_since_epoch())), is_moment_(true) {}

  /// Until a stop is requested.
  Timeout(std::stop_token stop) noexcept : stop_(std::move(stop)) {}

  /// Until a stop is requested, and no longer than `limit`.
  Timeout(const Timeout& limit, std::stop_token stop) noexcept
      : nanoseconds_(limit.nanoseconds_), stop_(std::move(stop)), is_moment_(limit.is_moment_) {}

  /// Whole nanoseconds, exactly.
  static Timeout from_nanoseconds(std::int64_t nanoseconds) noexcept {
    Timeout timeout;
    timeout.nanoseconds_ = nanoseconds;
    return timeout;
  }

  /// Until a moment in nanoseconds on the monotonic clock.
  static Timeout until(std::int64_t moment) noexcept {
    Timeout timeout = from_nanoseconds(moment);
    timeout.is_moment_ = true;
    return timeout;
  }

  /// The same, for several waits in a row: counted from now on, once.
  ///
  ///     const Timeout end = timeout.from_now();
  ///     while (!done() && changed.wait(end)) {}
  WEFT_API Timeout from_now() const noexcept;

  bool is_forever() const noexcept { return nanoseconds_ == Forever; }
  bool is_negative() const noexcept { return nanoseconds_ < 0 && !is_moment_; }
  bool is_moment() const noexcept { return is_moment_; }
  /// How long, or until when on the monotonic clock if that is_moment().
  std::int64_t nanoseconds() const noexcept { return nanoseconds_; }
  const std::stop_token& stop() const noexcept { return stop_; }

 private:
  static constexpr std::int64_t Forever = std::numeric_limits<std::int64_t>::max();

  static std::int64_t from_seconds(double seconds) {
    if (seconds < 0) return -1;
    if (!(seconds < 9.2e9)) {
      if (seconds != seconds) detail::throw_not_a_number();
      return Forever;
    }
    return static_cast<std::int64_t>(seconds * 1e9);
  }

  template <class Duration>
  static std::int64_t from_duration(Duration duration) {
    using Unit = typename Duration::period;
    if constexpr (std::same_as<typename Duration::rep, std::int64_t> && Unit::num == 1 && Unit::den == 1'000'000'000) {
      return duration.count();
    } else {
      return from_seconds(static_cast<double>(duration.count()) * Unit::num / Unit::den);
    }
  }

  std::int64_t nanoseconds_ = Forever;
  std::stop_token stop_;
  bool is_moment_ = false;
};

}  // namespace weft
