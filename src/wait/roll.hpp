// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "os/mutex.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {

/// The roll of everybody who can wait: gives ids, and finds a waiter by its id.
///
/// An id is a place in the roll (24 bits) and the number of times that place was
/// given out (7 bits), so that the id of one who has ended is not soon
/// somebody else's. Places are found without a lock.
class Roll {
 public:
  void enter(Waiter& waiter);
  void leave(Waiter& waiter) noexcept;
  /// leave() and enter() for one that keeps its place: without a lock.
  void step_out(Waiter& waiter) noexcept;
  void step_in(Waiter& waiter) noexcept;
  Waiter* find(std::uint32_t id) const noexcept;
  bool lost(std::uint32_t id) const noexcept;

  template <class Visit>
  void each(Visit visit) const {
    std::uint32_t end = end_.load(std::memory_order_acquire);
    for (std::uint32_t place = 1; place < end; ++place) {
      Waiter* who = slot(place).who.load(std::memory_order_acquire);
      if (who != nullptr) visit(*who);
    }
  }

  static std::uint32_t place_of(std::uint32_t id) noexcept { return id & ((1u << PlaceBits) - 1); }

  // fork(): see fork.cpp.
  os::Mutex& mutex() noexcept { return mutex_; }
  void forked(Waiter* survivor) noexcept;

 private:
  static constexpr std::uint32_t PlaceBits = 24, PageBits = 12;
  static constexpr std::uint32_t Pages = 1u << (PlaceBits - PageBits), PageSize = 1u << PageBits;

  struct Slot {
    std::atomic<Waiter*> who{nullptr};
    std::atomic<std::uint32_t> id{0};  // given out last
    std::uint32_t next_free = 0;
    std::atomic<Waiter*> lost{nullptr};  // who stayed behind in a fork(): the place is never given out again
  };

  static void give_id(Slot& slot, std::uint32_t place, Waiter& waiter) noexcept;
  Slot& slot(std::uint32_t place) const noexcept {
    return pages_[place >> PageBits].load(std::memory_order_acquire)[place & (PageSize - 1)];
  }

  os::Mutex mutex_;
  std::atomic<Slot*> pages_[Pages] = {};
  std::atomic<std::uint32_t> end_{1};
  std::uint32_t free_ = 0;
  std::uint32_t present_ = 0;
};

Roll& roll() noexcept;

}  // namespace weft::wait
