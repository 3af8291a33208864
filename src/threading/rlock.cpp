// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/rlock.hpp"

#include "sync/lock.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"

namespace weft::threading {

bool RLock::acquire_slow(const Timeout& timeout) {
  if (timeout.is_negative()) throw ValueError("timeout value must be a non-negative number");
  if (!sync::acquire<wait::InProcess>(word_, timeout, {"RLock", this})) return wait::in_vain();
  note_owner(0);
  return true;
}

bool RLock::acquire_slow() { return acquire_slow(Timeout()); }

void RLock::lock_slow() {
  while (!acquire_slow()) {
  }
}

void RLock::lock_until_done(std::uint32_t again) noexcept {
  if (!detail::LockWord::try_acquire(word_, detail::self())) {
    sync::acquire<wait::InProcess>(word_, wait::Deadline::until_done(), {"RLock", this});
  }
  note_owner(again);
}

// Both: in the child of a fork() they may be those of a thread that it does not have.
void RLock::note_owner(std::uint32_t again) noexcept {
  owner_.store(detail::self_id, std::memory_order_relaxed);
  again_ = again;
}

void RLock::release_slow() noexcept { sync::release_contended<wait::InProcess>(word_); }

bool RLock::locked() const noexcept { return sync::is_held<wait::InProcess>(word_); }

void RLock::release_unowned() { throw RuntimeError("cannot release un-acquired lock"); }

}  // namespace weft::threading
