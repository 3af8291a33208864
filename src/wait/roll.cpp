// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/roll.hpp"

#include <mutex>

#include "wait/lot.hpp"
#include "weft/errors.hpp"

namespace weft::wait {
namespace {

constexpr std::uint32_t Generations = 1u << 7;

}  // namespace

Roll& roll() noexcept {
  static constinit Roll roll;
  return roll;
}

void Roll::give_id(Slot& slot, std::uint32_t place, Waiter& waiter) noexcept {
  std::uint32_t generation = ((slot.id.load(std::memory_order_relaxed) >> PlaceBits) + 1) % Generations;
  waiter.set_id(generation << PlaceBits | place);
  slot.id.store(waiter.id(), std::memory_order_relaxed);
  slot.who.store(&waiter, std::memory_order_release);
}

void Roll::enter(Waiter& waiter) {
  std::scoped_lock held(mutex_);
  std::uint32_t place = free_;
  if (place != 0) {
    free_ = slot(place).next_free;
  } else {
    place = end_.load(std::memory_order_relaxed);
    if (place == 1U << PlaceBits) throw RuntimeError("can't start new thread");
    std::atomic<Slot*>& page = pages_[place >> PageBits];
    if (page.load(std::memory_order_relaxed) == nullptr) page.store(new Slot[PageSize], std::memory_order_release);
    end_.store(place + 1, std::memory_order_release);
  }
  give_id(slot(place), place, waiter);
  ++present_;
  lot().reserve(present_ / 2);
}

void Roll::leave(Waiter& waiter) noexcept {
  std::scoped_lock held(mutex_);
  std::uint32_t place = place_of(waiter.id());
  Slot& mine = slot(place);
  mine.who.store(nullptr, std::memory_order_release);
  mine.next_free = free_;
  free_ = place;
  --present_;
}

void Roll::step_out(Waiter& waiter) noexcept {
  slot(place_of(waiter.id())).who.store(nullptr, std::memory_order_release);
}

void Roll::step_in(Waiter& waiter) noexcept {
  std::uint32_t place = place_of(waiter.id());
  give_id(slot(place), place, waiter);
}

Waiter* Roll::find(std::uint32_t id) const noexcept {
  if (place_of(id) == 0 || place_of(id) >= end_.load(std::memory_order_acquire)) return nullptr;
  const Slot& its = slot(place_of(id));
  return its.id.load(std::memory_order_acquire) == id ? its.who.load(std::memory_order_acquire) : nullptr;
}

bool Roll::lost(std::uint32_t id) const noexcept {
  if (place_of(id) == 0 || place_of(id) >= end_.load(std::memory_order_acquire)) return false;
  const Slot& its = slot(place_of(id));
  return its.lost.load(std::memory_order_acquire) != nullptr && its.id.load(std::memory_order_relaxed) == id;
}

void Roll::forked(Waiter* survivor) noexcept {
  present_ = survivor != nullptr ? 1 : 0;
  for (std::uint32_t place = 1; place < end_.load(std::memory_order_relaxed); ++place) {
    Slot& its = slot(place);
    Waiter* who = its.who.load(std::memory_order_relaxed);
    if (who == nullptr || who == survivor) continue;
    its.who.store(nullptr, std::memory_order_relaxed);
    its.lost.store(who, std::memory_order_release);
  }
  mutex_.reset();
}

}  // namespace weft::wait
