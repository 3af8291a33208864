// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "weft/detail/work.hpp"
#include "work/lock_guard.hpp"

namespace weft::detail {

// One that is in no list is before itself.

// Who completes the work writes its word first and takes the list after: either it
// finds Heard there, or we find here that it is done.
template <class Atomic>
template <class Place>
bool Listeners<Atomic>::enter(Listener& listener, Atomic& word) noexcept {
  work::LockGuard<Place> held(lock_, "Future");
  const std::uint32_t found = word.fetch_or(WorkWord::Heard, std::memory_order_acquire);
  listener.next = nullptr;
  if (listener.settled ? WorkWord::settled(found) : WorkWord::done(found)) {
    listener.before = &listener;
    return false;
  }
  listener.before = last_;
  (last_ == nullptr ? first_ : last_->next) = &listener;
  last_ = &listener;
  return true;
}

template <class Atomic>
template <class Place>
bool Listeners<Atomic>::leave(Listener& listener) noexcept {
  work::LockGuard<Place> held(lock_, "Future");
  if (listener.before == &listener) return false;
  unlink(listener);
  return true;
}

template <class Atomic>
template <class Place>
Listener* Listeners<Atomic>::take(bool settled) noexcept {
  work::LockGuard<Place> held(lock_, "Future");
  Listener* taken = nullptr;
  Listener** end = &taken;
  for (Listener* listener = first_; listener != nullptr;) {
    Listener* next = listener->next;
    if (settled || !listener->settled) {
      unlink(*listener);
      *end = listener;
      end = &listener->next;
    }
    listener = next;
  }
  return taken;
}

template <class Atomic>
void Listeners<Atomic>::unlink(Listener& listener) noexcept {
  (listener.before == nullptr ? first_ : listener.before->next) = listener.next;
  (listener.next == nullptr ? last_ : listener.next->before) = listener.before;
  listener.before = &listener;
  listener.next = nullptr;
}

}  // namespace weft::detail
