// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "weft/detail/api.hpp"
#include "weft/detail/work.hpp"
#include "weft/timeout.hpp"

namespace weft::detail {

/// One who waits for several works at once. Only its owner calls it; the works
/// must live as long.
class WEFT_API Gathering {
 public:
  static constexpr std::size_t None = ~std::size_t{0};

  /// `only_settled`: one that is cancelled counts when whoever was to run it knows.
  Gathering(Work* const* works, std::size_t count, const Timeout& timeout, bool only_settled = true);
  ~Gathering();
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;

  /// The number of the next one that is done, in the order in which they came to
  /// be; None when all were told, or when the time ran out. Where waiting is
  /// without end, a worker runs what is pending with its own.
  std::size_t next();
  /// The same without waiting.
  std::size_t next_now();

  std::size_t missing() const noexcept { return missing_; }

 private:
  struct Body;
  bool run_one_here();

  Body* body_;
  Work* const* works_;
  std::size_t count_;
  std::size_t missing_;
  std::size_t tried_ = 0;  // so many it has looked at to run them itself
};

}  // namespace weft::detail
