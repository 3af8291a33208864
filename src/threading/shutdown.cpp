// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The end of the process. Threads that are not daemons are waited for after
// main() and before any static is destroyed. atexit is too late for statics made
// after it was registered; but a thread_local of the main thread is destroyed at
// the start of exit(), before all statics; and so is one of another thread, if it
// is that which calls exit(). atexit is for threads that weft did not start, and for
// programs that have loaded weft later, from another thread than the main one.
#include <cstdlib>
#include <mutex>
#include <string>

#include "errors.hpp"
#include "sync/event.hpp"
#include "threading/body.hpp"
#include "threading/workers.hpp"
#include "wait/hub.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"

// LeakSanitizer's, where it is there. In the child of a fork() nothing leads any
// more to what the C library noted down for the thread_locals of other threads.
extern "C" [[gnu::weak]] void __lsan_disable();
extern "C" [[gnu::weak]] void __lsan_enable();

namespace weft::threading {
namespace {

// Goes when its thread ends or, before any static, when its thread calls exit().
// The latter it is if the target still runs; main() always does.
struct ThreadEnds {
  ThreadEnds() noexcept {}  // not trivial, so that touching it registers the destructor
  ~ThreadEnds() {
    if (running) shut_down();
  }
  bool running = false;
};

thread_local ThreadEnds thread_ends;

void begin() noexcept {
  if (__lsan_disable != nullptr) __lsan_disable();
  thread_ends.running = true;
  if (__lsan_enable != nullptr) __lsan_enable();
}

[[gnu::constructor]] void loaded() {
  threads().loaded();
  // A thread that has loaded us may end long before the process does.
  if (in_main_thread()) begin();
  std::atexit([] { shut_down(); });
}

}  // namespace

TargetRuns::TargetRuns() noexcept { begin(); }
TargetRuns::~TargetRuns() { thread_ends.running = false; }

// Where nobody could end it any more, that is told, and then waited for all the
// same, as Python does.
static void wait_for_end(Thread::Body& body) noexcept {
  const wait::Reason reason{"Thread", &body};
  if (sync::wait_event<wait::InProcess>(body.ended, {}, reason)) return;
  try {
    wait::in_vain();
  } catch (const LoopExit& e) {
    detail::say(std::string("weft: the process waits for its threads. ") + e.what());
  } catch (...) {  // exit() was called by one that is to end
  }
  sync::wait_event<wait::InProcess>(body.ended, wait::Deadline::until_done(), reason);
}

void shut_down() noexcept {
  close_workers_at_exit();
  threads().main_ends();
  for (bool found = true; found;) {
    found = false;
    for (const BodyPtr& body : threads().alive()) {
      if (body->foreign || body->daemon.load(std::memory_order_relaxed) || threads().is_current(*body)) continue;
      found = true;
      wait_for_end(*body);
    }
  }
  wait::Hub::finish();
  wait::self().set_daemon(false);  // a daemon may call exit(): then it has to get through it
  wait::close_door();
  threads().reap_all();
}

}  // namespace weft::threading
