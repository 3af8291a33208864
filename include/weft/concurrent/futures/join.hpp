// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <type_traits>
#include <utility>

#include "weft/detail/fork.hpp"

namespace weft::concurrent::futures {

/// Calls f() and g(), at the same time if a worker is free for the second, and
/// returns what they returned as a pair (std::monostate where that is nothing).
///
///     int fib(int n) {
///       if (n < 2) return n;
///       auto [a, b] = join([&] { return fib(n - 1); }, [&] { return fib(n - 2); });
///       return a + b;
///     }
///     int result = executor.submit(fib, 40).result();
///
/// Within a task: elsewhere, and in a green thread, it calls one after the other.
/// Costs a few nanoseconds and no allocation, so fork as deep as it comes. Neither
/// must wait for the other. If f throws, that is thrown; g is waited for first if it
/// has begun, and else never called. If both throw, what f threw goes on.
template <class F, class G>
requires(std::is_invocable_v<F&>&& std::is_invocable_v<G&>) auto join(F&& f, G&& g) { return detail::join(f, g); }

}  // namespace weft::concurrent::futures
