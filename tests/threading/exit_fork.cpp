// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A child made by fork() in a thread ends as any process does: its threads are
// joined, its statics destroyed once; and the parent after it.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "exit_program.hpp"
#include "weft/threading.hpp"

using namespace weft::threading;

// The child starts a thread, which ThreadSanitizer lets it do only if told so.
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }

namespace {

struct SaysWho {
  explicit SaysWho(pid_t p) : parent(p) {}
  ~SaysWho() { say(::getpid() == parent ? "parent: static destroyed" : "child: static destroyed"); }
  pid_t parent;
};
SaysWho who(::getpid());
Event never;

void forks(bool from_main) {
  pid_t child = ::fork();
  if (child == 0) {
    Thread([] {
      pause_ms(20);
      say("child: end of thread");
    }).start();
    std::exit(7);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 7) say(from_main ? "parent: main's child" : "parent: thread's child");
}

}  // namespace

int main() {
  Thread daemon([] { never.wait(); }, {.daemon = true});
  daemon.start();
  Thread left_behind([] { never.wait(10); });
  left_behind.start();
  daemon.native_id();  // both run by now: AddressSanitizer cannot bear a fork() while a thread starts
  left_behind.native_id();
  forks(true);
  Thread thread([] { forks(false); });
  thread.start();
  thread.join();
  never.set();
  return 0;
}
