// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "weft/detail/api.hpp"
#include "weft/detail/self.hpp"
#include "weft/detail/work.hpp"
#include "weft/timeout.hpp"

namespace weft::wait {
struct InProcess;
}
namespace weft::work {
template <class Place, class Work>
class Gatherer;
}

namespace weft::detail {

/// One who waits for several works at once. Only its owner calls it; the works
/// must live until they were told or the gathering goes.
class WEFT_API Gathering {
 public:
  static constexpr std::size_t None = ~std::size_t{0};

  Gathering();
  ~Gathering();
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;

  /// Waits for this one, too, by that number: a small one, which may be used again
  /// once next() has returned it.
  void add(Work& work, std::size_t number);

  /// The number of the next one that is settled, in the order in which they came
  /// to be; None at the deadline, or if all were told. Where the wait is without
  /// end, a worker runs what is pending with its own. Throws BrokenExecutor in the child
  /// of a fork() once all that are left were left behind.
  std::size_t next(const Timeout& timeout);

  /// next() would not wait.
  bool has_next() const noexcept;

  /// How many were added and not told.
  std::size_t missing() const noexcept;

 private:
  work::Gatherer<wait::InProcess, Work>* body_;  // goes when all have told that are about to
  std::uint32_t generation_ = fork_generation;   // of the last next()
  bool some_lost_ = false;                       // of those added; not before that
};

}  // namespace weft::detail
