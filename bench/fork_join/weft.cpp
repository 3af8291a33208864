// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/concurrent/futures.hpp>

#include "workload.hpp"

struct Pool {
  weft::concurrent::futures::ThreadPoolExecutor executor;

  explicit Pool(int workers) : executor(workers) {}

  template <class F>
  void run(F f) {
    executor.submit(f).result();
  }
  template <class F, class G>
  static void join(F f, G g) {
    weft::concurrent::futures::join(f, g);
  }
};

int main(int argc, char** argv) { return bench::fork_join_main<Pool>(argc, argv); }
