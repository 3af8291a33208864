// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <sys/types.h>

#include <string>

namespace weft::test {

/// Ends the process, with a report, when what runs takes too long: a test that
/// hangs says who waits for what instead of being a mere timeout. It is one
/// thread, started before the first test and never stopped.
class Watchdog {
 public:
  static void start();

  /// From now on, `what` runs, for at most `seconds` (0: no limit).
  static void watch(const std::string& what, double seconds);

  /// The thread that watches; 0 before start().
  static pid_t thread();
};

/// Prints to stderr who waits for what as weft knows it, and what each thread of
/// the process and each of its children is doing as the kernel knows it.
void report_who_waits();

}  // namespace weft::test
