// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What is queued in an executor when main() ends is done; more is not taken.
#include <exception>

#include "exit_program.hpp"
#include "weft/concurrent/futures.hpp"
#include "weft/threading.hpp"

using weft::concurrent::futures::ThreadPoolExecutor;

namespace {

SaysGoodbye made_early("static destroyed");
weft::threading::Event main_ends;
ThreadPoolExecutor* executor;

void too_late() {
  try {
    executor->submit([] { say("this is not said"); });
  } catch (const std::exception& e) {
    say(e.what());
  }
}

}  // namespace

int main() {
  executor = new ThreadPoolExecutor(1);
  executor->submit([] {
    main_ends.wait();
    pause_ms(50);
    say("first task");
  });
  executor->submit([] { say("second task"); });
  executor->submit(too_late);
  say("end of main");
  main_ends.set();
}
