// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

namespace weft::wait {

/// A request to end, for one whose place will be another's: it names the life
/// that is meant, a number that never comes again. So a request that comes too
/// late does no harm, and it never wipes out one for who has the place now.
template <class Place, class Life = std::uint64_t>
class Kill {
 public:
  using Word = typename Place::template Atomic<Life>;

  /// False if `now`, who has the place, is not the one that is meant any more.
  bool ask(Life life, const Word& now) noexcept {
    Life found = asked_.load(std::memory_order_acquire);
    do {
      if (now.load(std::memory_order_acquire) != life) return false;
    } while (found != life && !asked_.compare_exchange_weak(found, life, std::memory_order_acq_rel));
    return true;
  }

  bool asked(Life life) const noexcept { return asked_.load(std::memory_order_acquire) == life; }
  void take() noexcept { asked_.store(0, std::memory_order_relaxed); }

 private:
  Word asked_{0};
};

}  // namespace weft::wait
