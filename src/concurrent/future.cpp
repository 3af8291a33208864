// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/concurrent/futures/future.hpp"

#include <exception>

namespace weft::concurrent::futures {

void AnyFuture::throw_empty() { throw RuntimeError("this handle stands for no future"); }

std::exception_ptr AnyFuture::exception(const Timeout& timeout) const {
  if (!work().wait(timeout)) throw TimeoutError();
  if (cancelled()) throw CancelledError();
  return work().failure();
}

}  // namespace weft::concurrent::futures
