// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>

#include "cli/descriptor.hpp"

namespace weft::cli {

/// Why the work ends before the last item.
struct Reason {
  enum Kind : int { None, Signal, CannotRun, OutputClosed, OutputFailed, InputFailed, LogFailed, Refused } kind = None;
  int number = 0;  ///< the signal, or errno
};

/// The one place where everybody looks whether to go on, and the signals that
/// say so.
class Stop {
 public:
  /// Takes SIGINT, SIGTERM and SIGHUP as requests, unless they are ignored, and
  /// ignores SIGPIPE and SIGXFSZ, but not SIGCHLD. One at a time in a process.
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  /// Only the first request counts; true if it was this one. Signal handlers may call it.
  bool request(Reason reason) noexcept;
  bool requested() const noexcept { return reason().kind != Reason::None; }
  Reason reason() const noexcept { return reason_.load(std::memory_order_acquire); }

  /// Ready to read once a stop was requested, or Ctrl-Z was pressed.
  int fd() const noexcept { return ready_.get(); }

  /// Whether Ctrl-Z was pressed since the last call. Whoever asks has to suspend()
  /// the process.
  bool take_pause() noexcept;

  /// Does what Ctrl-Z does to a program that leaves it alone: stops this process until
  /// somebody lets it go on, or nothing, where it has no shell that could.
  static void suspend() noexcept;

 private:
  static void on_signal(int signal);

  std::atomic<Reason> reason_{Reason{}};
  std::atomic<bool> pause_{false};
  Descriptor ready_;
};

}  // namespace weft::cli
