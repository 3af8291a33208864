// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// exit() called by a thread, a daemon if there is an argument, while main() waits
// for it for ever: the process ends with its status, after the other threads that
// are not daemons, and its statics may still wait.
#include <cstdlib>

#include "exit_program.hpp"
#include "weft/threading.hpp"

using namespace weft::threading;

namespace {

SaysGoodbye goodbye("static destroyed");

struct Waits {
  ~Waits() { Event().wait(1e-3); }
};
Waits waits;

}  // namespace

int main(int argc, char**) {
  Event leaving;
  Thread other([&] {
    leaving.wait();
    pause_ms(30);
    say("end of other thread");
  });
  other.start();
  Thread thread(
      [&] {
        say("exit");
        leaving.set();
        std::exit(5);
      },
      {.daemon = argc > 1});
  thread.start();
  thread.join();
  say("main goes on");
  return 0;
}
