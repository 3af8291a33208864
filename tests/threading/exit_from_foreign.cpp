// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The first to use weft is a thread that weft does not know:
// test_import_from_another_thread. And locks are used by the very last
// destructors, after the door was closed.
#include <pthread.h>

#include <mutex>

#include "exit_program.hpp"
#include "weft/threading.hpp"

using namespace weft::threading;

namespace {

Lock lock;

struct UsesALock {
  ~UsesALock() {
    std::scoped_lock held(lock);
    bool waits = Event().wait(1e-3);
    say(waits ? "wrong" : "last static waits in vain");
  }
};
UsesALock last;

struct StartsAThread {
  ~StartsAThread() {
    Thread thread([] { say("late thread runs"); });
    thread.start();
    thread.join();
  }
};
StartsAThread starts;

}  // namespace

int main() {
  pthread_t thread;
  ::pthread_create(
      &thread, nullptr,
      [](void*) -> void* {
        Thread([] {
          pause_ms(20);
          say("end of thread");
        }).start();
        return nullptr;
      },
      nullptr);
  ::pthread_join(thread, nullptr);
  say("end of main");
}
