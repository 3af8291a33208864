// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

namespace weft::wait {

/// A request to end, for one whose place will be another's: it names the id that
/// is meant. Ids do not come again soon, so a request that comes too late does no
/// harm, and it never wipes out one for who has the place now.
template <class Place>
class Kill {
 public:
  using Word = typename Place::template Atomic<std::uint32_t>;

  /// False if `now`, who has the place, is not the one that is meant any more.
  bool ask(std::uint32_t id, const Word& now) noexcept {
    std::uint32_t found = asked_.load(std::memory_order_acquire);
    do {
      if (now.load(std::memory_order_acquire) != id) return false;
    } while (found != id && !asked_.compare_exchange_weak(found, id, std::memory_order_acq_rel));
    return true;
  }

  bool asked(std::uint32_t id) const noexcept { return asked_.load(std::memory_order_acquire) == id; }
  void take() noexcept { asked_.store(0, std::memory_order_relaxed); }

 private:
  Word asked_{0};
};

}  // namespace weft::wait
