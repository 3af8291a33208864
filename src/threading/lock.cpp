// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/lock.hpp"

#include "sync/lock.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"

namespace weft::threading {

bool Lock::acquire_slow(const Timeout& timeout) {
  if (timeout.is_negative()) throw ValueError("timeout value must be a non-negative number");
  return sync::acquire<wait::InProcess>(word_, timeout, {"Lock", this}) || wait::in_vain();
}

bool Lock::acquire_slow() { return acquire_slow(Timeout()); }

void Lock::lock_slow() {
  while (!acquire_slow()) {
  }
}

void Lock::lock_until_done_slow() noexcept {
  sync::acquire<wait::InProcess>(word_, wait::Deadline::until_done(), {"Lock", this});
}

void Lock::release_slow(std::uint32_t found) {
  if (found == detail::LockWord::Free) throw RuntimeError("release unlocked lock");
  sync::release_contended<wait::InProcess>(word_);
}

bool Lock::locked() const noexcept { return sync::is_held<wait::InProcess>(word_); }

}  // namespace weft::threading
