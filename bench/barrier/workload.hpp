// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// Threads that wait for each other again and again; ns for one phase. `Barrier` is made from a count and has wait().
template <class Barrier>
int barrier_main(int argc, char** argv) {
  Asked asked(argc, argv);
  int threads, phases;
  if (asked.for_column("2_threads")) {
    threads = 2, phases = asked.times(20e3);
  } else if (asked.for_column("8_threads")) {
    threads = 8, phases = asked.times(4e3);
  } else {
    return NotOffered;
  }
  Barrier barrier(threads);
  return print(together(threads,
                        [&](int) {
                          for (int i = 0; i < phases; ++i) barrier.wait();
                        }) /
               phases);
}

}  // namespace bench
