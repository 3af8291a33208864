// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>

#include "wait/signal.hpp"

namespace weft::wait {

/// Where others leave what a hub is to run: many put, one takes, nobody waits.
/// The items are linked by their member `next_arrived`, each in one inbox at a
/// time. The one word is the newest item, or says that the taker is asleep:
/// whoever puts something onto that has to wake it, and nobody else.
template <class Item, class Place>
class Inbox {
 public:
  using Bell = Signal<Place>;

  /// Puts the item in. If the taker is asleep, calls wake(how), unless it has
  /// got up by itself in the meantime.
  template <class Wake>
  void put(Item& item, Wake wake) {
    Item* found = newest_.load(std::memory_order_relaxed);
    do {
      item.next_arrived = found == asleep() ? nullptr : found;
    } while (!newest_.compare_exchange_weak(found, &item, std::memory_order_release, std::memory_order_relaxed));
    if (found != asleep()) return;
    if (auto how = bell_.rouse(); how > Bell::Roused) wake(how);
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

  /// How a sleep() ended.
  struct Slept {
    bool arrived;  ///< there is something
    bool woken;    ///< a wake() was called, or is about to be
  };

  /// Calls sleep(), which is to last while bell() holds `how`, unless something
  /// is there. The bell is set before the word says so: who finds the word finds
  /// the bell.
  template <class Sleep>
  Slept sleep(typename Bell::State how, Sleep sleep) {
    if (!bell_.lie_down(how)) {  // roused by one who came late to the sleep before
      bell_.get_up();
      return {!empty(), false};
    }
    Item* nothing = nullptr;
    if (newest_.compare_exchange_strong(nothing, asleep(), std::memory_order_relaxed, std::memory_order_relaxed)) {
      sleep();
      Item* still = asleep();
      newest_.compare_exchange_strong(still, nullptr, std::memory_order_relaxed, std::memory_order_relaxed);
    }
    const bool woken = bell_.get_up() == Bell::Roused;
    return {!empty(), woken};
  }

  typename Bell::Word& bell() noexcept { return bell_.word(); }

  /// For the child after fork(): nobody else is there.
  void forget() noexcept {
    newest_.store(nullptr, std::memory_order_relaxed);
    bell_.get_up();
  }

 private:
  // Never followed. Not nullptr, and no item's address.
  Item* asleep() noexcept { return reinterpret_cast<Item*>(this); }

  typename Place::template Atomic<Item*> newest_{nullptr};
  Bell bell_;
};

}  // namespace weft::wait
