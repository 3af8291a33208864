// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

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

/// Sleeps while `shared` holds `expected` and `signal` holds `quiet`: a word in
/// shared memory and one of this process at once. Returns as futex_wait does, 0
/// only if a wake of `shared` was used up, EINTR after a wake of `signal` alone;
/// ENOSYS where the kernel is older than 5.16.
int futex_wait_both(const std::atomic<std::uint32_t>& shared, std::uint32_t expected,
                    const std::atomic<std::uint32_t>& signal, std::uint32_t quiet, std::int64_t deadline) noexcept;

}  // namespace weft::os
