// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Daemons run on while statics are destroyed. Those that come to wait, or are woken
// by it, stay where they are; the process does not wait for them. What a daemon
// uses between two waits must not be destroyed, as Lock, Event and Semaphore are not.
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exit_program.hpp"
#include "weft/threading.hpp"

using namespace weft::threading;

namespace {

SaysGoodbye goodbye("static destroyed");
std::atomic<int> running{0};
Lock lock;
Event never;
Condition& condition = *new Condition;
Semaphore permits(2);
std::vector<std::string>& shared = *new std::vector<std::string>(10, std::string(100, 'x'));

struct WakesDaemons {
  ~WakesDaemons() {
    never.set();
    pause_ms(20);
  }
};
WakesDaemons wakes;

void works() {
  std::size_t length = 0;
  for (bool first = true;; first = false) {
    {
      std::scoped_lock held(lock);
      for (const std::string& text : shared) length = length + text.size();
    }
    { std::scoped_lock permit(permits); }
    {
      std::scoped_lock held(condition);
      condition.wait(1e-5);
    }
    never.wait(1e-5);
    if (first) ++running;
  }
}

void sleeps() {
  ++running;
  never.wait();
  say("a daemon came back");
}

void starts_threads() {
  ++running;
  for (;;) {
    Thread thread([] { never.wait(1e-4); });
    thread.start();
    thread.join();
  }
}

}  // namespace

int main() {
  std::vector<Thread> daemons, sleepers;
  for (int i = 0; i < 20; ++i) daemons.emplace_back(works, ThreadOptions{.daemon = true});
  for (int i = 0; i < 10; ++i) sleepers.emplace_back(sleeps, ThreadOptions{.daemon = true});
  for (int i = 0; i < 2; ++i) daemons.emplace_back(starts_threads, ThreadOptions{.daemon = true});
  daemons.insert(daemons.end(), sleepers.begin(), sleepers.end());
  for (Thread& daemon : daemons) daemon.start();
  while (running < 32) pause_ms(1);
  // Who sees at a glance that the event is set does not wait, and is not held back.
  for (const Thread& daemon : sleepers) {
    while (daemon.status().waiting_for != "Event") pause_ms(1);
  }
  say("end of main");
  return 0;
}
