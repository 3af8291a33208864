// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>

namespace weft::wait {

/// Where others leave what a hub is to run: many put, one takes, nobody waits.
/// The items are linked by their member `next_arrived`, each in one inbox at a
/// time. The one word is the newest item, or says that the taker is asleep:
/// whoever puts something onto that has to wake it, and nobody else.
template <class Item, class Place>
class Inbox {
 public:
  /// True if the taker is asleep, and it is for the caller to wake it.
  bool put(Item& item) noexcept {
    Item* found = newest_.load(std::memory_order_relaxed);
    do {
      item.next_arrived = found == asleep() ? nullptr : found;
    } while (!newest_.compare_exchange_weak(found, &item, std::memory_order_release, std::memory_order_relaxed));
    return found == asleep();
  }

  bool empty() const noexcept { return newest_.load(std::memory_order_relaxed) == nullptr; }

  /// All that is there, linked, oldest first; nullptr if there is nothing.
  Item* take_all() noexcept {
    Item* item = newest_.exchange(nullptr, std::memory_order_acquire);
    Item* oldest = nullptr;
    while (item != nullptr) {
      Item* older = item->next_arrived;
      item->next_arrived = oldest;
      oldest = item;
      item = older;
    }
    return oldest;
  }

  /// False if there is something; otherwise the next put() will say so.
  bool fall_asleep() noexcept {
    Item* nothing = nullptr;
    return newest_.compare_exchange_strong(nothing, asleep(), std::memory_order_relaxed, std::memory_order_relaxed);
  }

  /// After fall_asleep(): true if a put() came, whose caller wakes or has woken.
  bool awake() noexcept {
    Item* still = asleep();
    return !newest_.compare_exchange_strong(still, nullptr, std::memory_order_relaxed, std::memory_order_relaxed);
  }

 private:
  // Never followed. Not nullptr, and no item's address.
  Item* asleep() const noexcept { return reinterpret_cast<Item*>(const_cast<Inbox*>(this)); }

  typename Place::template Atomic<Item*> newest_{nullptr};
};

}  // namespace weft::wait
