// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "workload.hpp"

struct Pool {
  explicit Pool(int) {}

  template <class F>
  void run(F f) {
    f();
  }
  template <class F, class G>
  static void join(F f, G g) {
    f();
    g();
  }
};

int main(int argc, char** argv) { return bench::fork_join_main<Pool>(argc, argv); }
