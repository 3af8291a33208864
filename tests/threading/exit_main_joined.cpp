// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A thread that joins the main thread goes on when main() has ended.
#include "exit_program.hpp"
#include "weft/threading.hpp"

using namespace weft::threading;

namespace {

SaysGoodbye goodbye("static destroyed");

}  // namespace

int main() {
  Thread thread([] {
    main_thread().join();
    say(main_thread().is_alive() ? "main thread alive" : "main thread joined");
  });
  thread.start();
  while (thread.status().waiting_for != "Thread") pause_ms(1);
  say("end of main");
  return 0;
}
