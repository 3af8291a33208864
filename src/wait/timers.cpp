// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/timers.hpp"

#include <algorithm>

namespace weft::wait {

// A waiter knows its place, counted from 1; 0 is none.
void Timers::put(std::size_t at, const Entry& entry) noexcept {
  heap_[at] = entry;
  entry.waiter->timer_place = static_cast<std::uint32_t>(at + 1);
}

void Timers::up(std::size_t at, const Entry& entry) noexcept {
  for (; at != 0; at = (at - 1) / 4) {
    const Entry& parent = heap_[(at - 1) / 4];
    if (parent.deadline <= entry.deadline) break;
    put(at, parent);
  }
  put(at, entry);
}

void Timers::down(std::size_t at, const Entry& entry) noexcept {
  for (;;) {
    std::size_t child = at * 4 + 1;
    if (child >= heap_.size()) break;
    std::size_t end = std::min(child + 4, heap_.size()), least = child;
    while (++child < end) {
      if (heap_[child].deadline < heap_[least].deadline) least = child;
    }
    if (entry.deadline <= heap_[least].deadline) break;
    put(at, heap_[least]);
    at = least;
  }
  put(at, entry);
}

void Timers::reserve(std::size_t waiters) {
  if (heap_.capacity() < waiters) heap_.reserve(2 * waiters);
}

void Timers::add(Waiter& waiter, std::int64_t deadline) noexcept {
  heap_.emplace_back();
  up(heap_.size() - 1, {deadline, &waiter});
}

void Timers::remove(Waiter& waiter) noexcept {
  if (waiter.timer_place == 0) return;
  const std::size_t at = waiter.timer_place - 1;
  waiter.timer_place = 0;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (at == heap_.size()) return;
  if (at != 0 && last.deadline < heap_[(at - 1) / 4].deadline) {
    up(at, last);
  } else {
    down(at, last);
  }
}

Waiter* Timers::take_due(std::int64_t now) noexcept {
  if (heap_.empty() || heap_.front().deadline > now) return nullptr;
  Waiter* due = heap_.front().waiter;
  remove(*due);
  return due;
}

}  // namespace weft::wait
