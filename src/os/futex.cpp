// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/futex.hpp"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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

int futex_wait_both(const std::atomic<std::uint32_t>& shared, std::uint32_t expected,
                    const std::atomic<std::uint32_t>& signal, std::uint32_t quiet, std::int64_t deadline) noexcept {
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
  // Of two that were woken the kernel tells the last: so `shared` stands there.
  constexpr long Signal = 0, Shared = 1;
  Entry entries[2] = {{quiet, reinterpret_cast<std::uintptr_t>(&signal), Size32 | Private, 0},
                      {expected, reinterpret_cast<std::uintptr_t>(&shared), Size32, 0}};
  Timespec until(deadline);
  long r = ::syscall(call, entries, 2, 0, until.get(), CLOCK_MONOTONIC);
  return r == Shared ? 0 : r == Signal ? EINTR : errno;
}

}  // namespace weft::os
