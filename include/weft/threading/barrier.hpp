// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>

#include "weft/detail/api.hpp"
#include "weft/detail/callable.hpp"
#include "weft/errors.hpp"
#include "weft/timeout.hpp"

namespace weft::threading {

/// A wait at a Barrier that was broken, as threading.BrokenBarrierError: by
/// abort(), reset(), a timeout, or an action that threw.
class WEFT_API BrokenBarrierError : public RuntimeError {
 public:
  BrokenBarrierError() : RuntimeError("the barrier is broken") {}
  ~BrokenBarrierError() override;
};

/// How a Barrier is made: Python's arguments, in Python's order.
struct BarrierOptions {
  detail::Callable action = {};  ///< run by one of the parties each time, while the others wait
  Timeout timeout = {};          ///< for every wait() that is not given its own
};

/// A place where a fixed number of callers wait for one another, as
/// threading.Barrier. It can be used again and again.
///
///     weft::threading::Barrier both(2);
///     both.wait();  // in each of two threads: neither goes on alone
///
/// In the child of a fork() it is as full as it was, though those who waited are
/// not there: reset() it.
///
/// Who was let go by a barrier that broke, but gets to run only after more than
/// sixteen further rounds, without it, may be told that all had come.
class WEFT_API Barrier {
 public:
  /// Throws ValueError if `parties` is less than one, or more than 1,048,575.
  explicit Barrier(int parties, BarrierOptions options = {});
  ~Barrier();
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  /// Waits for all parties. Returns a number from 0 to parties-1, a different
  /// one for each. Throws BrokenBarrierError if the barrier is or gets broken; a
  /// timeout breaks it for everybody. What the action throws, wait() throws in
  /// the party that ran it, and the barrier is broken.
  int wait();
  int wait(const Timeout& timeout);

  /// Back to empty and unbroken; those who wait get BrokenBarrierError.
  void reset() noexcept;

  /// Breaks the barrier, so that nobody waits at it for one who will not come.
  void abort() noexcept;

  int parties() const noexcept;
  int n_waiting() const noexcept;  ///< how many wait now; a snapshot
  bool broken() const noexcept;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace weft::threading
