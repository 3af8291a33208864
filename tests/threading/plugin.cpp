// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What plugin_host.cpp loads: a library that stands on weft.
#include "weft/threading.hpp"

using namespace weft::threading;

// 0 if a daemon comes back from a wait, and the main thread is known for what it is.
extern "C" __attribute__((visibility("default"))) int use_weft() {
  if (current_thread() != main_thread() || current_thread().ident() != get_ident()) return 1;
  Event go, back;
  Event& came_back = back;
  Thread daemon(
      [&go, &came_back] {
        go.wait(10);
        came_back.set();
      },
      {.daemon = true});
  daemon.start();
  while (daemon.status().waiting_for != "Event") daemon.join(0.001);
  go.set();
  if (!back.wait(10)) return 2;
  return daemon.join(10) ? 0 : 3;
}

/// All that a thread has to do to be known to weft.
extern "C" __attribute__((visibility("default"))) void meet_weft() {
  static Lock lock;
  lock.acquire();
  lock.release();
}
