// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace weft::os {

/// The deadline that never comes, in nanoseconds on CLOCK_MONOTONIC.
inline constexpr std::int64_t Never = std::numeric_limits<std::int64_t>::max();

enum class Scope { Private, Shared };

/// Sleeps while `word` holds `expected`, at most until `deadline`. Returns 0, or
/// the errno of the kernel: EAGAIN (the word differs), ETIMEDOUT, EINTR. May
/// return 0 without a wake.
int futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline,
               Scope scope) noexcept;

/// Wakes at most `n` sleepers; returns how many. `word` need not exist any more.
int futex_wake(const std::atomic<std::uint32_t>& word, int n, Scope scope) noexcept;

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
