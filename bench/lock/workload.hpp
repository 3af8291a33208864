// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// A counter under a lock. `Lock` has lock() and unlock().
///
///     uncontended   one thread
///     2_tight       two threads that do nothing else: it rewards a lock that lets one thread keep it
///     2_outside     two threads that work about 30 ns between two turns: the more realistic one
///     8_tight       eight threads
template <class Lock>
int lock_main(int argc, char** argv) {
  Asked asked(argc, argv);
  struct alignas(128) {
    Lock lock;
    long count = 0;
  } shared;
  auto turn = [&] {
    shared.lock.lock();
    ++shared.count;
    shared.lock.unlock();
  };
  if (asked.for_column("uncontended")) {
    int n = asked.times(5e6);
    return print(together(1,
                          [&](int) {
                            for (int i = 0; i < n; ++i) turn();
                          }) /
                 n);
  }
  if (asked.for_column("2_tight")) return print(repeat(2, asked.ms(150), turn));
  if (asked.for_column("8_tight")) return print(repeat(8, asked.ms(150), turn));
  if (asked.for_column("2_outside")) {
    return print(repeat(2, asked.ms(150), [&] {
      turn();
      outside();
    }));
  }
  return NotOffered;
}

}  // namespace bench
