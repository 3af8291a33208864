// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "weft/detail/api.hpp"

namespace weft::subprocess {

/// What CalledProcessError and TimeoutExpired have in common, as
/// subprocess.SubprocessError. A program that cannot be started at all is an
/// OSError.
class WEFT_API SubprocessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~SubprocessError() override;
};

/// A program that was to succeed and did not, as subprocess.CalledProcessError.
/// what() reads "Command '['false']' returned non-zero exit status 1." or
/// "Command '['cat']' died with <Signals.SIGKILL: 9>."
class WEFT_API CalledProcessError : public SubprocessError {
 public:
  CalledProcessError(int returncode, std::vector<std::string> cmd, std::string output = {}, std::string errors = {});
  ~CalledProcessError() override;

  int returncode;                ///< the exit status, or minus the signal
  std::vector<std::string> cmd;  ///< the program and its arguments
  std::string stdout;            ///< what it wrote, if that was captured
  std::string stderr;
};

/// A program that took longer than its timeout, as subprocess.TimeoutExpired.
/// what() reads "Command '['sleep', '9']' timed out after 0.5 seconds".
class WEFT_API TimeoutExpired : public SubprocessError {
 public:
  TimeoutExpired(std::vector<std::string> cmd, double timeout, std::string output = {}, std::string errors = {});
  ~TimeoutExpired() override;

  std::vector<std::string> cmd;
  double timeout;      ///< in seconds; infinity if there was none, and a stop token ended the wait
  std::string stdout;  ///< what it had written by then, if that was captured
  std::string stderr;
};

}  // namespace weft::subprocess
