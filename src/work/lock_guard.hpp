// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "sync/lock.hpp"
#include "wait/place.hpp"
#include "weft/detail/fast.hpp"

namespace weft::work {

/// Holds a lock's word, for what takes a few instructions.
template <class Place = wait::InProcess>
class LockGuard {
 public:
  using Word = typename Place::template Atomic<std::uint32_t>;

  LockGuard(Word& word, const char* kind) noexcept : word_(word) {
    if (detail::LockWord::try_acquire(word_, Place::self())) return;
    sync::acquire<Place>(word_, wait::Deadline::until_done(), {kind, &word_});
  }
  ~LockGuard() {
    if (!detail::LockWord::is_plain(detail::LockWord::release(word_))) sync::release_contended<Place>(word_);
  }
  LockGuard(const LockGuard&) = delete;
  LockGuard& operator=(const LockGuard&) = delete;

 private:
  Word& word_;
};

}  // namespace weft::work
