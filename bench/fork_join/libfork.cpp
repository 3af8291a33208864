// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <libfork.hpp>
#include <numeric>

#include "workload.hpp"

// A fork is a coroutine: nothing less than the whole recursion can be one.

namespace {

constexpr auto fib = [](auto fib, int n) -> lf::task<std::int64_t> {
  if (n < 2) co_return n;
  std::int64_t a, b;
  co_await lf::fork(&a, fib)(n - 1);
  co_await lf::call(&b, fib)(n - 2);
  co_await lf::join;
  co_return a + b;
};

constexpr auto skynet = [](auto skynet, std::int64_t number, int depth) -> lf::task<std::int64_t> {
  if (depth == 0) co_return number;
  std::array<std::int64_t, 10> parts;
  for (int i = 0; i < 9; ++i) co_await lf::fork(&parts[i], skynet)(number * 10 + i, depth - 1);
  co_await lf::call(&parts[9], skynet)(number * 10 + 9, depth - 1);
  co_await lf::join;
  co_return std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
};

constexpr auto queens = [](auto queens, const bench::Board& board, int n) -> lf::task<std::int64_t> {
  if (board.rows == n) co_return 1;
  std::array<bench::Board, 16> next;
  std::array<std::int64_t, 16> ways;
  int count = 0;
  for (int column = 0; column < n; ++column) {
    if (!board.allows(column)) continue;
    next[count] = board.with(column);
    co_await lf::fork(&ways[count], queens)(next[count], n);
    ++count;
  }
  co_await lf::join;
  co_return std::accumulate(ways.begin(), ways.begin() + count, std::int64_t{0});
};

lf::lazy_pool* all = nullptr;

struct Pool {
  lf::lazy_pool pool;

  explicit Pool(int workers) : pool(workers) { all = &pool; }

  template <class F>
  void run(F f) {
    f();
  }
};

struct Forks {
  static std::int64_t fib(int n) { return lf::sync_wait(*all, ::fib, n); }
  static std::int64_t skynet(std::int64_t number, int depth) { return lf::sync_wait(*all, ::skynet, number, depth); }
  static std::int64_t queens(const bench::Board& board, int n) { return lf::sync_wait(*all, ::queens, board, n); }
};

}  // namespace

int main(int argc, char** argv) { return bench::fork_join_main<Pool, Forks>(argc, argv); }
