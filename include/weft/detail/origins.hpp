// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "weft/detail/api.hpp"

namespace weft::detail {

class Work;

/// Where those works are found that one is made of which nobody runs: they are done before
/// it. Who makes it of them is asked for one after the other, and goes when all have told.
class WEFT_API Origins {
 public:
  /// The n-th work; null after the last.
  using Find = Work* (*)(const void* maker, std::size_t n) noexcept;

  /// By the maker: before anybody else knows the work, and before it goes itself.
  void set(const void* maker, Find find) noexcept {
    maker_ = maker;
    find_ = find;
  }
  void clear() noexcept;

  /// The n-th, with a reference for the caller; null after the last, and without a maker.
  Work* hold(std::size_t n) noexcept;

 private:
  std::atomic<std::uint32_t> lock_{0};
  const void* maker_ = nullptr;
  Find find_ = nullptr;
};

}  // namespace weft::detail
