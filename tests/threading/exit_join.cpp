// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A thread outlives main() and starts further ones; all are joined before the
// first static goes, also one that waits for the main thread to end.
#include "exit_program.hpp"
#include "weft/threading.hpp"

using weft::threading::Thread;

namespace {

SaysGoodbye made_early("static destroyed");
weft::threading::Event main_ends;

void grandchild() {
  pause_ms(20);
  say("end of third thread");
}

void child() {
  pause_ms(20);
  Thread(grandchild).start();
  say("end of second thread");
}

void joins() {
  main_ends.wait();
  pause_ms(20);
  Thread(child).start();
  say("end of first thread");
}

}  // namespace

int main() {
  static SaysGoodbye made_late("function's static destroyed");
  Thread(joins).start();
  say("end of main");
  main_ends.set();
  return 3;
}
