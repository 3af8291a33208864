// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <tbb/parallel_invoke.h>
#include <tbb/task_arena.h>

#include "workload.hpp"

struct Pool {
  tbb::task_arena arena;

  explicit Pool(int workers) : arena(workers) {}

  template <class F>
  void run(F f) {
    arena.execute(f);
  }
  template <class F, class G>
  static void join(F f, G g) {
    tbb::parallel_invoke(f, g);
  }
};

int main(int argc, char** argv) { return bench::fork_join_main<Pool>(argc, argv); }
