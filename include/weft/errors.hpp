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

/// A value of a type that cannot be used here, where only the run shows it, as
/// Python's TypeError.
class WEFT_API TypeError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
  ~TypeError() override;
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

/// Thrown into a green thread that was killed, out of whatever it waits in, and
/// into a greenlet that is dropped, as greenlet.GreenletExit. It ends that one
/// and is reported to nobody. As in Python it is no ordinary exception:
/// `catch (const std::exception&)` does not see it. Who catches it by `...`
/// throws it on.
class WEFT_API GreenletExit {
 public:
  GreenletExit() noexcept = default;
  virtual ~GreenletExit();
  const char* what() const noexcept { return "GreenletExit"; }
};

/// Nobody is left who could end a wait, as gevent.exceptions.LoopExit: thrown
/// out of the wait of the thread that has the green threads. what() says who
/// waits for what.
class WEFT_API LoopExit : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
  ~LoopExit() override;
};

}  // namespace weft
