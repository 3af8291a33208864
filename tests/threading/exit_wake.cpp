// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// At the end a daemon and a static's destructor wait for the same lock, the daemon
// first. It is woken first, and does not come back: the wake is for the next one.
#include "exit_program.hpp"
#include "wait/waiter.hpp"
#include "weft/threading.hpp"

using namespace weft::threading;

namespace {

Lock lock;

int waiting() {
  int count = 0;
  for (const weft::wait::Sight& sight : weft::wait::everybody()) count += sight.object == &lock && sight.kind == "Lock";
  return count;
}

struct TakesTheLock {
  ~TakesTheLock() {
    lock.acquire();
    say("static has the lock");
  }
};
TakesTheLock takes;

void holds() {
  lock.acquire();
  while (waiting() != 2) pause_ms(1);
  lock.release();
  for (;;) pause_ms(1000);
}

void waits() {
  lock.acquire();
  say("a daemon came back");
}

}  // namespace

int main() {
  Thread holder(holds, {.daemon = true}), waiter(waits, {.daemon = true});
  holder.start();
  while (!lock.locked()) pause_ms(1);
  waiter.start();
  while (waiting() != 1) pause_ms(1);
  say("end of main");
  return 0;
}
