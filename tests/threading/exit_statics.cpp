// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Threads started from a static's constructor, before main(), and function-local
// statics that were first used by a thread: the threads are joined before any of
// these goes, whenever it was made.
#include <atomic>
#include <string>

#include "exit_program.hpp"
#include "weft/threading.hpp"

using weft::threading::Thread;

namespace {

weft::threading::Event main_ends;

struct Service {
  Service() { thread.start(); }
  ~Service() { say("service destroyed"); }
  std::string name = std::string(50, 's');
  Thread thread{[this] {
    main_ends.wait();
    pause_ms(30);
    if (name == std::string(50, 's')) say("service thread ends");
  }};
};
Service service;

std::string& first_used_by_a_thread() {
  struct Text {
    ~Text() { say("thread's static destroyed"); }
    std::string text = std::string(50, 't');
  };
  static Text text;
  return text.text;
}

}  // namespace

int main() {
  Thread user([] {
    first_used_by_a_thread();
    main_ends.wait();
    pause_ms(60);
    if (first_used_by_a_thread() == std::string(50, 't')) say("user thread ends");
  });
  user.start();
  while (!user.is_alive()) pause_ms(1);
  say("end of main");
  main_ends.set();
  return 0;
}
