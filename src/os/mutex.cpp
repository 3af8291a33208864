// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/mutex.hpp"

#include "os/cpu.hpp"

namespace weft::os {

void Mutex::lock_slow() noexcept {
  for (int round = 0; round < 64; ++round) {
    std::uint32_t free = 0;
    if (word_.load(std::memory_order_relaxed) == 0 &&
        word_.compare_exchange_weak(free, Held, std::memory_order_acquire, std::memory_order_relaxed)) {
      return;
    }
    cpu_pause();
  }
  while (word_.exchange(Contended, std::memory_order_acquire) != 0) {
    futex_wait(word_, Contended, Never, Scope::Private);
  }
}

}  // namespace weft::os
