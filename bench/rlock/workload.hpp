// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// A lock that its holder takes a second time: lock, lock, unlock, unlock; ns for one of the two levels.
template <class RLock>
int rlock_main(int argc, char** argv) {
  Asked asked(argc, argv);
  if (!asked.for_column("level")) return NotOffered;
  Alone<RLock> lock;
  int n = asked.times(2e6);
  return print(together(1,
                        [&](int) {
                          for (int i = 0; i < n; ++i) {
                            lock.value.lock();
                            lock.value.lock();
                            lock.value.unlock();
                            lock.value.unlock();
                          }
                        }) /
               (2.0 * n));
}

}  // namespace bench
