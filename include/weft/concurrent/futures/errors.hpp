// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <exception>
#include <stdexcept>
#include <string>

#include "weft/detail/api.hpp"
#include "weft/errors.hpp"

namespace weft::concurrent::futures {

using weft::TimeoutError;

/// The future was cancelled, so it has no result; as concurrent.futures.CancelledError.
class WEFT_API CancelledError : public std::runtime_error {
 public:
  CancelledError();
  ~CancelledError() override;
};

/// A result is set that was set already, or that nobody will want any more; as
/// concurrent.futures.InvalidStateError.
class WEFT_API InvalidStateError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
  ~InvalidStateError() override;
};

/// An executor that can run nothing any more, as concurrent.futures.BrokenExecutor; also
/// what a wait throws, in the child of a fork(), for what threads of the parent were to do.
class WEFT_API BrokenExecutor : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
  ~BrokenExecutor() override;
};

/// An executor of threads whose initializer failed, as
/// concurrent.futures.thread.BrokenThreadPool.
class WEFT_API BrokenThreadPool : public BrokenExecutor {
 public:
  using BrokenExecutor::BrokenExecutor;
  ~BrokenThreadPool() override;
};

/// What an excepthook is told.
struct ExceptHookArgs {
  std::string where;  ///< "future that nobody read", "exception calling callback for <Future ...>", ...
  std::exception_ptr exception;
};

/// Called, in the thread where it happened, with an exception that nobody else
/// will hear of: the future that holds it was dropped unread, nobody joined its
/// TaskGroup, or it came out of a callback or an initializer.
using ExceptHook = void (*)(const ExceptHookArgs&);

/// Replaces the hook and returns the former one; nullptr brings back the one
/// that weft begins with, which writes to stderr where and what.
WEFT_API ExceptHook set_excepthook(ExceptHook hook) noexcept;
/// The hook that weft begins with, for one that only adds to it.
WEFT_API void default_excepthook(const ExceptHookArgs& args);

}  // namespace weft::concurrent::futures
