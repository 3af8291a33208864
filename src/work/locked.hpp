// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "sync/lock.hpp"
#include "wait/place.hpp"
#include "weft/detail/fast.hpp"

namespace weft::work {

/// Holds a lock's word, for what takes a few instructions.
template <class Place>
class LockedIn {
 public:
  using Word = typename Place::template Atomic<std::uint32_t>;

  LockedIn(Word& word, const char* kind) noexcept : word_(word) {
    if (detail::LockWord::try_acquire(word_, Place::self())) return;
    sync::acquire<Place>(word_, wait::Deadline::until_done(), {kind, &word_});
  }
  ~LockedIn() {
    if (!detail::LockWord::is_plain(detail::LockWord::release(word_))) sync::release_contended<Place>(word_);
  }
  LockedIn(const LockedIn&) = delete;
  LockedIn& operator=(const LockedIn&) = delete;

 private:
  Word& word_;
};

using Locked = LockedIn<wait::InProcess>;

}  // namespace weft::work
