// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <stdexcept>
#include <string>
#include <system_error>

#include "weft/detail/api.hpp"

namespace weft {

/// Misuse that shows only at run time, as Python's RuntimeError: releasing a
/// lock that nobody holds, starting a thread twice.
class WEFT_API RuntimeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~RuntimeError() override;
};

/// An argument of the right type whose value cannot be used, as Python's
/// ValueError.
class WEFT_API ValueError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
  ~ValueError() override;
};

/// What was waited for did not come in time, as Python's TimeoutError.
class WEFT_API TimeoutError : public std::runtime_error {
 public:
  TimeoutError();
  using std::runtime_error::runtime_error;
  ~TimeoutError() override;
};

/// A system call that failed, as Python's OSError. code() holds errno, and
/// what() reads "[Errno 2] No such file or directory: 'execve /bin/nope'".
class WEFT_API OSError : public std::system_error {
 public:
  /// `call` names the system call, and what it was called on if that helps.
  OSError(int error, std::string call);
  ~OSError() override;

  int error() const noexcept { return code().value(); }  ///< errno, as Python's OSError.errno
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

}  // namespace weft
