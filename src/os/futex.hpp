// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace weft::os {

/// The deadline that never comes, in nanoseconds on CLOCK_MONOTONIC.
inline constexpr std::int64_t Never = std::numeric_limits<std::int64_t>::max();

enum class Scope { Private, Shared };

/// The system call, with minus errno for its failures. Without glibc's syscall(),
/// and all of this in the header: where one thread has given way to another the
/// processor does not know any more where calls return to, and each return on the
/// way back from a sleep costs 10 ns.
inline long futex(const std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* until,
                  std::uint32_t bits) noexcept {
#if defined(__x86_64__)
  long result;
  register const timespec* fourth asm("r10") = until;
  register std::uintptr_t fifth asm("r8") = 0;
  register std::uintptr_t sixth asm("r9") = bits;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(SYS_futex), "D"(&word), "S"(operation), "d"(value), "r"(fourth), "r"(fifth), "r"(sixth)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register std::uintptr_t first asm("x0") = reinterpret_cast<std::uintptr_t>(&word);
  register long second asm("x1") = operation;
  register std::uintptr_t third asm("x2") = value;
  register const timespec* fourth asm("x3") = until;
  register std::uintptr_t fifth asm("x4") = 0;
  register std::uintptr_t sixth asm("x5") = bits;
  register long number asm("x8") = SYS_futex;
  asm volatile("svc 0"
               : "+r"(first)
               : "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth), "r"(number)
               : "memory");
  return static_cast<long>(first);
#else
#error "weft makes this system call on x86-64 and aarch64."
#endif
}

inline int futex_flag(Scope scope) noexcept { return scope == Scope::Private ? FUTEX_PRIVATE_FLAG : 0; }

inline timespec as_timespec(std::int64_t deadline) noexcept {
  return {deadline / 1'000'000'000, deadline % 1'000'000'000};
}

/// Sleeps while `word` holds `expected`, at most until `deadline`. Returns 0, or
/// the errno of the kernel: EAGAIN (the word differs), ETIMEDOUT, EINTR. May
/// return 0 without a wake.
inline int futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline,
                      Scope scope) noexcept {
  const timespec until = as_timespec(deadline);  // FUTEX_WAIT_BITSET takes an absolute time on CLOCK_MONOTONIC
  return static_cast<int>(-futex(word, FUTEX_WAIT_BITSET | futex_flag(scope), expected,
                                 deadline == Never ? nullptr : &until, FUTEX_BITSET_MATCH_ANY));
}

/// Wakes at most `n` sleepers; returns how many. `word` need not exist any more.
inline int futex_wake(const std::atomic<std::uint32_t>& word, int n, Scope scope) noexcept {
  const long woken = futex(word, FUTEX_WAKE | futex_flag(scope), static_cast<std::uint32_t>(n), nullptr, 0);
  return woken < 0 ? 0 : static_cast<int>(woken);
}

/// One of several words to sleep on.
struct Watched {
  const std::atomic<std::uint32_t>* word;
  std::uint32_t expected;
  Scope scope;
};
inline constexpr std::size_t MostWatched = 128;

/// Sleeps while all of them, at most MostWatched, hold what is expected. Returns
/// the index of the one that was woken, the last of them if there are several, or
/// minus errno as futex_wait has it; -ENOSYS where the kernel is older than 5.16.
int futex_wait_any(std::span<const Watched> words, std::int64_t deadline) noexcept;

}  // namespace weft::os
