// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <stdexcept>

#include "weft/detail/api.hpp"
#include "weft/errors.hpp"

namespace weft::queue {

/// There was no item within the time given, as queue.Empty.
class WEFT_API Empty : public std::runtime_error {
 public:
  Empty();
  ~Empty() override;
};

/// There was no room within the time given, as queue.Full.
class WEFT_API Full : public std::runtime_error {
 public:
  Full();
  ~Full() override;
};

/// The queue was shut down: it takes no more items and, for a get, has none
/// left. As queue.ShutDown.
class WEFT_API ShutDown : public std::runtime_error {
 public:
  ShutDown();
  ~ShutDown() override;
};

}  // namespace weft::queue

namespace weft::detail {

// Out of line, so that a queue's templates stay small.
[[noreturn]] WEFT_API void throw_empty();
[[noreturn]] WEFT_API void throw_full();
[[noreturn]] WEFT_API void throw_shut_down();
[[noreturn]] WEFT_API void throw_negative_timeout();
[[noreturn]] WEFT_API void throw_too_many_task_done();

}  // namespace weft::detail
