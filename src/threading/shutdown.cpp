// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The end of the process. Threads that are not daemons are waited for after
// main() and before any static is destroyed. atexit is too late for statics made
// after it was registered; but a thread_local of the main thread is destroyed at
// the start of exit(), before all statics. atexit is for an exit() that some
// other thread calls.
#include <cstdlib>
#include <mutex>

#include "sync/event.hpp"
#include "threading/body.hpp"
#include "wait/waiter.hpp"

namespace weft::threading {
namespace {

struct MainEnds {
  MainEnds() noexcept {}  // not trivial, so that touching it registers the destructor
  ~MainEnds() { shut_down(); }
  void touch() const noexcept {}
};

thread_local MainEnds main_ends;

[[gnu::constructor]] void loaded() {
  threads().loaded();
  main_ends.touch();
  std::atexit([] { shut_down(); });
}

}  // namespace

void shut_down() noexcept {
  for (bool found = true; found;) {
    found = false;
    for (const BodyPtr& body : threads().alive()) {
      if (body->foreign || body->daemon.load(std::memory_order_relaxed) || threads().is_current(*body)) continue;
      found = true;
      sync::wait_event<wait::InProcess>(body->ended, {}, {"Thread", body.get()});
    }
  }
  wait::close_door();
  threads().reap_all();
}

}  // namespace weft::threading
