// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// exit() called by a thread, while main() waits for it for ever: the process ends
// with its status, after the other threads that are not daemons.
#include <cstdlib>

#include "exit_program.hpp"
#include "weft/threading.hpp"

using namespace weft::threading;

namespace {

SaysGoodbye goodbye("static destroyed");

}  // namespace

int main() {
  Event leaving;
  Thread other([&] {
    leaving.wait();
    pause_ms(30);
    say("end of other thread");
  });
  other.start();
  Thread thread([&] {
    say("exit");
    leaving.set();
    std::exit(5);
  });
  thread.start();
  thread.join();
  say("main goes on");
  return 0;
}
