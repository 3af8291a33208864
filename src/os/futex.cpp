// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/futex.hpp"

#include <errno.h>
#include <unistd.h>

#include <array>

namespace weft::os {
static_assert(sizeof(std::atomic<std::uint32_t>) == 4 && std::atomic<std::uint32_t>::is_always_lock_free);

int futex_wait_any(std::span<const Watched> words, std::int64_t deadline) noexcept {
#ifdef SYS_futex_waitv
  constexpr long call = SYS_futex_waitv;
#else
  constexpr long call = 449;
#endif
  struct Entry {  // struct futex_waitv, which older kernel headers lack
    std::uint64_t value, address;
    std::uint32_t flags, reserved;
  };
  constexpr std::uint32_t Size32 = 2, Private = 128;
  std::array<Entry, MostWatched> entries;
  std::size_t n = 0;
  for (const Watched& w : words) {
    std::uint32_t flags = w.scope == Scope::Private ? Size32 | Private : Size32;
    entries[n++] = {w.expected, reinterpret_cast<std::uintptr_t>(w.word), flags, 0};
  }
  const timespec until = as_timespec(deadline);
  long r = ::syscall(call, entries.data(), n, 0, deadline == Never ? nullptr : &until, CLOCK_MONOTONIC);
  return r >= 0 ? static_cast<int>(r) : -errno;
}

}  // namespace weft::os
