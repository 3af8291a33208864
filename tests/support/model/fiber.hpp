// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <memory>

namespace weft::model {

/// A stack of its own for each actor of a model, by weft's own switch.
///
/// A fiber that is made without a body stands for the stack that is running.
class Fiber {
 public:
  Fiber();
  Fiber(void (*body)(void*), void* argument);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// From here the next switch begins the body anew. What was left on the
  /// stack is forgotten, not unwound. The body must never return.
  void restart();

  /// Leaves `from`, which must be the one that is running, for `to`.
  static void transfer(Fiber& from, Fiber& to);

  struct Body;

 private:
  std::unique_ptr<Body> body_;
};

}  // namespace weft::model
