// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// Starts threads that do next to nothing, and joins them; ns for each thread. `Thread` is made from a callable, runs
/// it at once, and has join().
///
///     one       one after another: start, join, start, join
///     batches   a hundred are started, then all are joined
template <class Thread>
int thread_main(int argc, char** argv) {
  Asked asked(argc, argv);
  Alone<std::atomic<int>> ran;
  auto body = [&ran] { ran.value.fetch_add(1); };
  std::int64_t begin = now();
  int started = 0;
  if (asked.for_column("one")) {
    for (int n = asked.times(3000); started < n; ++started) {
      Thread thread(body);
      thread.join();
    }
  } else if (asked.for_column("batches")) {
    for (int i = 0, n = asked.times(30); i < n; ++i) {
      std::vector<Thread> threads;
      threads.reserve(100);
      for (int k = 0; k < 100; ++k, ++started) threads.emplace_back(body);
      for (Thread& thread : threads) thread.join();
    }
  } else {
    return NotOffered;
  }
  double took = static_cast<double>(now() - begin);
  if (ran.value != started) return 1;
  return print(took / started);
}

}  // namespace bench
