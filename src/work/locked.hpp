// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "sync/lock.hpp"
#include "wait/place.hpp"
#include "weft/detail/fast.hpp"

namespace weft::work {

/// Holds a lock's word, for what takes a few instructions.
class Locked {
 public:
  Locked(std::atomic<std::uint32_t>& word, const char* kind) noexcept : word_(word) {
    if (detail::LockWord::try_acquire(word_, wait::InProcess::self())) return;
    sync::acquire<wait::InProcess>(word_, wait::Deadline::until_done(), {kind, &word_});
  }
  ~Locked() {
    if (!detail::LockWord::is_plain(detail::LockWord::release(word_))) {
      sync::release_contended<wait::InProcess>(word_);
    }
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  std::atomic<std::uint32_t>& word_;
};

}  // namespace weft::work
