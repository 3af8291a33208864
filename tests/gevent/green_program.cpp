// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Small programs about green threads, by name: end_test.cpp runs them and reads
// what they say and how they end.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "weft/gevent.hpp"
#include "weft/queue.hpp"
#include "weft/subprocess.hpp"
#include "weft/threading.hpp"

namespace {

using namespace weft;

void say(const std::string& line) {
  std::string text = line + "\n";
  [[maybe_unused]] auto written = ::write(STDOUT_FILENO, text.data(), text.size());
}

struct SaysGoodbye {
  explicit SaysGoodbye(const char* l) : line(l) {}
  ~SaysGoodbye() { say(line); }
  const char* line;
};

int dig(int depth) {
  volatile char room[512];
  room[0] = static_cast<char>(depth);
  return depth == 0 ? 0 : dig(depth - 1) + room[0];
}

int overflow() {
  gevent::spawn({.name = "digger"}, [] { return dig(1 << 20); }).join();
  return 0;
}

int overflow_unnamed() {
  gevent::spawn([] { return dig(1 << 20); }).join();
  return 0;
}

// A SIGSEGV that somebody sends is no fault that will happen again.
int sent_a_fault() {
  gevent::spawn([] {}).join();
  std::raise(SIGSEGV);
  return 0;
}

// Two green threads that wait for one another's lock, and a main thread for both.
int deadlock() {
  threading::Lock a, b;
  auto left = gevent::spawn({.name = "left"}, [&] {
    a.acquire();
    gevent::sleep(0);
    b.acquire();
  });
  auto right = gevent::spawn({.name = "right"}, [&] {
    b.acquire();
    gevent::sleep(0);
    a.acquire();
  });
  try {
    gevent::joinall({left, right});
  } catch (const LoopExit& e) {
    say(e.what());
    return 7;
  }
  return 0;
}

// The same over two threads: the other one waits for ever, too.
int deadlock_of_threads() {
  queue::Queue<int> never;
  threading::Thread other([&] { never.get(); }, {.name = "other", .daemon = true});
  other.start();
  auto green = gevent::spawn({.name = "green"}, [&] { never.get(); });
  try {
    green.join();
  } catch (const LoopExit& e) {
    say(e.what());
    return 7;
  }
  return 0;
}

// Everybody waits, but one of them for a child process.
int no_deadlock() {
  queue::Queue<int> numbers;
  threading::Thread other([&] {
    gevent::spawn([&] {
      subprocess::run({"sleep", "0.5"});
      numbers.put(7);
    }).join();
  });
  other.start();
  int got = gevent::spawn([&] { return numbers.get(); }).get();
  other.join();
  return got;
}

// The green threads have ended, so the thread waits as any other: who might wake it, a
// handler here, is nobody's business. Meanwhile memory of theirs goes back.
int no_deadlock_after_many() {
  for (int i = 0; i < 33'000; ++i) gevent::spawn([] {});
  gevent::sleep(0);
  std::signal(SIGALRM, [](int) { ::_exit(7); });
  ::alarm(3);
  threading::Event never;
  never.wait();
  return 0;
}

int deadlock_in_child() {
  gevent::spawn([] {
    if (::fork() != 0) {
      int status = 0;
      ::wait(&status);
      say("child's status " + std::to_string(WEXITSTATUS(status)));
      return;
    }
    threading::Event never;
    gevent::spawn([&] { never.wait(); });
    try {
      never.wait();
    } catch (const LoopExit&) {
      ::_exit(7);
    }
  }).join();
  return 0;
}

// main() has ended, and what it waits for cannot end: ended from outside.
int deadlock_at_the_end() {
  static threading::Event never;
  static threading::Thread thread([] { never.wait(); }, {.name = "lost"});
  thread.start();
  gevent::spawn([] { never.wait(); });
  gevent::sleep(0);
  ::alarm(1);
  return 0;
}

int exit_from_green() {
  gevent::spawn([] {
    std::atexit([] {
      gevent::sleep(0.01);
      say("waited at exit");
    });
    std::exit(3);
  }).join();
  return 0;
}

// The kernel takes no more entries for poll() than there may be descriptors.
int many_on_one_child() {
  rlimit few{64, 64};
  ::setrlimit(RLIMIT_NOFILE, &few);
  subprocess::Popen child({"sleep", "0.1"});
  std::vector<gevent::Greenlet<>> all;
  for (int i = 0; i < 100; ++i) all.push_back(gevent::spawn([&] { child.wait(); }));
  gevent::joinall(all, {.raise_error = true});
  return 0;
}

[[gnu::noinline]] void compute() {
  double end = 0.4;
  timespec from, now;
  ::clock_gettime(CLOCK_MONOTONIC, &from);
  do {
    ::clock_gettime(CLOCK_MONOTONIC, &now);
  } while (static_cast<double>(now.tv_sec - from.tv_sec) + static_cast<double>(now.tv_nsec - from.tv_nsec) / 1e9 < end);
  asm volatile("");
}

int hold() {
  gevent::spawn({.name = "busy"}, [] { compute(); }).join();
  return 0;
}

SaysGoodbye static_goodbye("static destroyed");

int end_of_main() {
  static threading::Event never;
  gevent::spawn([] {
    SaysGoodbye goodbye("unwound");
    never.wait();
  });
  gevent::sleep(0);
  say("end of main");
  return 3;
}

int end_of_thread() {
  static threading::Event never;
  threading::Thread thread([] {
    gevent::spawn([] {
      SaysGoodbye goodbye("unwound");
      never.wait();
    });
    gevent::sleep(0);
    say("end of thread");
  });
  thread.start();
  thread.join();
  say("joined");
  return 0;
}

// One that does not want to end does not keep the process from ending.
int stubborn() {
  static threading::Event never;
  gevent::spawn([] {
    for (;;) {
      try {
        never.wait();
      } catch (const GreenletExit&) {
        say("no");
      }
    }
  });
  gevent::sleep(0);
  return 0;
}

// The child has the green thread that forked, and nobody else.
int fork_from_green() {
  auto other = gevent::spawn([] {
    gevent::sleep(0.001);
    say("other");
  });
  auto forker = gevent::spawn([] {
    gevent::sleep(0);
    if (::fork() == 0) {
      say("child: " + std::to_string(gevent::enumerate().size()));
      gevent::sleep(0.02);
      auto grandchild = gevent::spawn([] { say("spawned in child"); });
      grandchild.join();
      say("child ends");
      return;  // as when the last thread of a process ends
    }
    int status = -1;
    ::wait(&status);
    say("child's status " + std::to_string(status));
  });
  gevent::joinall({forker, other});
  return 0;
}

int unread() {
  gevent::spawn({.name = "faulty"}, [] { throw ValueError("nobody reads this"); });
  gevent::sleep(0);
  return 0;
}

}  // namespace

int main(int, char** arguments) {
  const std::string what = arguments[1];
  if (what == "overflow") return overflow();
  if (what == "overflow_unnamed") return overflow_unnamed();
  if (what == "sent_a_fault") return sent_a_fault();
  if (what == "no_deadlock") return no_deadlock();
  if (what == "no_deadlock_after_many") return no_deadlock_after_many();
  if (what == "deadlock_in_child") return deadlock_in_child();
  if (what == "deadlock_at_the_end") return deadlock_at_the_end();
  if (what == "exit_from_green") return exit_from_green();
  if (what == "many_on_one_child") return many_on_one_child();
  if (what == "deadlock") return deadlock();
  if (what == "deadlock_of_threads") return deadlock_of_threads();
  if (what == "hold") return hold();
  if (what == "end_of_main") return end_of_main();
  if (what == "end_of_thread") return end_of_thread();
  if (what == "stubborn") return stubborn();
  if (what == "fork_from_green") return fork_from_green();
  if (what == "unread") return unread();
  return 99;
}
