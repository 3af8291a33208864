// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/futex.hpp"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>

namespace weft::os {
namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == 4 && std::atomic<std::uint32_t>::is_always_lock_free);

struct Timespec {
  explicit Timespec(std::int64_t deadline) noexcept
      : value{deadline / 1'000'000'000, deadline % 1'000'000'000}, never(deadline == Never) {}
  const timespec* get() const noexcept { return never ? nullptr : &value; }

  timespec value;
  bool never;
};

int flag(Scope scope) noexcept { return scope == Scope::Private ? FUTEX_PRIVATE_FLAG : 0; }

}  // namespace

int futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline,
               Scope scope) noexcept {
  Timespec until(deadline);  // FUTEX_WAIT_BITSET takes an absolute time on CLOCK_MONOTONIC
  long r = ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | flag(scope), expected, until.get(), nullptr,
                     FUTEX_BITSET_MATCH_ANY);
  return r == 0 ? 0 : errno;
}

int futex_wake(const std::atomic<std::uint32_t>& word, int n, Scope scope) noexcept {
  long r = ::syscall(SYS_futex, &word, FUTEX_WAKE | flag(scope), n, nullptr, nullptr, 0);
  return r < 0 ? 0 : static_cast<int>(r);
}

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
  Timespec until(deadline);
  long r = ::syscall(call, entries.data(), n, 0, until.get(), CLOCK_MONOTONIC);
  return r >= 0 ? static_cast<int>(r) : -errno;
}

}  // namespace weft::os
