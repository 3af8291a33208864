// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <poll.h>

#include <atomic>

namespace weft::cli {

/// Why the work ends before the last item.
struct Reason {
  enum Kind : int { None, Signal, CannotRun, OutputClosed, OutputFailed, InputFailed } kind = None;
  int number = 0;  ///< the signal, or errno
};

/// The one place where everybody looks whether to go on: a descriptor that is
/// ready for ever once a stop was requested, so that all who poll it wake up.
/// It is also ready when whoever reads our output has gone.
class Stop {
 public:
  /// Takes SIGINT, SIGTERM and SIGHUP as requests, unless they are ignored, and
  /// ignores SIGPIPE. One at a time in a process.
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  /// Only the first request counts; true if it was this one. Signal handlers may call it.
  bool request(Reason reason) noexcept;
  bool requested() const noexcept { return reason().kind != Reason::None; }
  Reason reason() const noexcept { return reason_.load(std::memory_order_acquire); }

  /// How many descriptors watch() fills in.
  static constexpr int Watched = 2;

  /// Puts what is to be polled besides one's own; noticed() looks at it afterwards.
  void watch(pollfd* two) const noexcept;
  void noticed(const pollfd* two) noexcept;

 private:
  std::atomic<Reason> reason_{Reason{}};
  const bool output_can_close_;
  const int ready_;
};

}  // namespace weft::cli
