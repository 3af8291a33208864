// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// A count of permits. `Semaphore` is made from a count and has acquire() and release().
///
///     pair        release and acquire, one thread
///     ping_pong   one permit that goes to the other thread and back; ns for a round trip
///     4_threads   four threads that share two permits; ns for an acquire and a release
template <class Semaphore>
int semaphore_main(int argc, char** argv) {
  Asked asked(argc, argv);
  if (asked.for_column("pair")) {
    Alone<Semaphore> semaphore{Semaphore(0)};
    int n = asked.times(5e6);
    return print(together(1,
                          [&](int) {
                            for (int i = 0; i < n; ++i) {
                              semaphore.value.release();
                              semaphore.value.acquire();
                            }
                          }) /
                 n);
  }
  if (asked.for_column("ping_pong")) {
    Alone<Semaphore> there{Semaphore(0)}, back{Semaphore(0)};
    int n = asked.times(20e3);
    return print(together(2,
                          [&](int player) {
                            Semaphore& mine = player == 0 ? back.value : there.value;
                            Semaphore& other = player == 0 ? there.value : back.value;
                            for (int i = 0; i < n; ++i) {
                              if (player == 0) other.release();
                              mine.acquire();
                              if (player == 1) other.release();
                            }
                          }) /
                 n);
  }
  if (asked.for_column("4_threads")) {
    Alone<Semaphore> permits{Semaphore(2)};
    return print(repeat(4, asked.ms(150), [&] {
      permits.value.acquire();
      permits.value.release();
    }));
  }
  return NotOffered;
}

}  // namespace bench
