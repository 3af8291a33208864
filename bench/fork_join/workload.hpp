// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <array>

#include "../measure.hpp"

/// A recursion that forks at every step, on two workers or as many as asked for; ms for all of it.
///
/// A competitor gives a class made from a number of workers, with run(f), which calls f() where it may fork, and a
/// static join(f, g). If it has another way to fork, it gives fib, skynet and queens itself.
///
///     fib_32        3.5 million forks, with nothing between them
///     skynet_1e7    ten parts of each part, seven levels deep, and their sum
///     nqueens_12    all ways to place twelve queens
namespace bench {

/// The queens of the first rows.
struct Board {
  std::array<signed char, 16> at{};
  int rows = 0;
  bool allows(int column) const {
    for (int row = 0; row < rows; ++row) {
      int other = at[row], apart = rows - row;
      if (other == column || other == column - apart || other == column + apart) return false;
    }
    return true;
  }
  Board with(int column) const {
    Board next = *this;
    next.at[next.rows++] = static_cast<signed char>(column);
    return next;
  }
};

template <class Pool>
struct ForkJoin {
  static std::int64_t fib(int n) {
    if (n < 2) return n;
    std::int64_t a = 0, b = 0;
    Pool::join([&] { a = fib(n - 1); }, [&] { b = fib(n - 2); });
    return a + b;
  }

  // parts [from, to) of whatever of(i) computes
  template <class Of>
  static std::int64_t sum(int from, int to, const Of& of) {
    if (to - from == 1) return of(from);
    int middle = from + (to - from) / 2;
    std::int64_t a = 0, b = 0;
    Pool::join([&] { a = sum(from, middle, of); }, [&] { b = sum(middle, to, of); });
    return a + b;
  }

  static std::int64_t skynet(std::int64_t number, int depth) {
    if (depth == 0) return number;
    return sum(0, 10, [=](int i) { return skynet(number * 10 + i, depth - 1); });
  }

  static std::int64_t queens(const Board& board, int n) {
    if (board.rows == n) return 1;
    std::array<Board, 16> next;
    int count = 0;
    for (int column = 0; column < n; ++column) {
      if (!board.allows(column)) continue;
      next[count++] = board.with(column);
    }
    if (count == 0) return 0;
    return sum(0, count, [&](int i) { return queens(next[i], n); });
  }
};

template <class Pool, class Forks = ForkJoin<Pool>>
int fork_join_main(int argc, char** argv) {
  Asked asked(argc, argv);
  Pool pool(asked.workers());
  std::int64_t got = 0, wanted;
  auto timed = [&](auto work) {
    pool.run([&] { got = work(); });  // once, so that the threads are there
    std::int64_t begin = now();
    pool.run([&] { got = work(); });
    return static_cast<double>(now() - begin) / 1e6;
  };
  double took;
  if (asked.for_column("fib_32")) {
    took = timed([] { return Forks::fib(32); });
    wanted = 2178309;
  } else if (asked.for_column("skynet_1e7")) {
    took = timed([] { return Forks::skynet(0, 7); });
    wanted = std::int64_t{10'000'000} * (10'000'000 - 1) / 2;
  } else if (asked.for_column("nqueens_12")) {
    took = timed([] { return Forks::queens({}, 12); });
    wanted = 14200;
  } else {
    return NotOffered;
  }
  return got == wanted ? print(took) : 1;
}

}  // namespace bench
