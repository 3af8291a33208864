// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/watchdog.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "support/files.hpp"
#include "support/support.hpp"
#include "wait/waiter.hpp"

namespace weft::test {
namespace {

constexpr double LongRun = 20;  // so much longer a test may take under `make stress`

struct Watch {
  std::mutex mutex;
  std::string what = "before the first test";
  std::int64_t deadline = 0;  // 0: no limit
  std::atomic<pid_t> thread{0};
};

// Never destroyed: the watchdog goes on while statics are.
Watch& watch_state() {
  static Watch* state = new Watch;
  return *state;
}

std::vector<std::string> entries(const std::string& folder) {
  std::vector<std::string> names;
  if (DIR* dir = ::opendir(folder.c_str())) {
    while (const dirent* entry = ::readdir(dir)) {
      if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    }
    ::closedir(dir);
  }
  return names;
}

void report_tasks(const std::string& process, pid_t skip) {
  for (const std::string& id : entries(process + "/task")) {
    if (id == std::to_string(skip)) continue;
    std::string task = process + "/task/" + id;
    std::fprintf(stderr, "  thread %-8s %-16s %-16s in %-24s call %s\n", id.c_str(), first_line(task + "/comm").c_str(),
                 field(task + "/status", "State").c_str(), first_line(task + "/wchan").c_str(),
                 first_line(task + "/syscall").c_str());
    std::ifstream stack(task + "/stack");  // only root may read it
    for (std::string line; std::getline(stack, line);) std::fprintf(stderr, "      %s\n", line.c_str());
  }
}

std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const std::string& id : entries("/proc/self/task")) {
    std::istringstream list(first_line("/proc/self/task/" + id + "/children"));
    for (pid_t child; list >> child;) found.push_back(child);
  }
  return found;
}

void* guard(void*) {
  Watch& state = watch_state();
  ::pthread_setname_np(::pthread_self(), "watchdog");
  state.thread = ::gettid();
  for (;;) {
    timespec pause{0, 50'000'000};
    ::nanosleep(&pause, nullptr);
    std::string what;
    {
      std::scoped_lock held(state.mutex);
      if (state.deadline == 0 || real_now() < state.deadline) continue;
      what = state.what;
    }
    std::fflush(stdout);
    ::alarm(10);  // should the report hang as well
    std::fprintf(stderr, "\n[ WATCHDOG ] %s took too long. Who waits for what:\n", what.c_str());
    report_who_waits();
    for (pid_t child : children()) ::kill(child, SIGKILL);
    std::fprintf(stderr, "[  FAILED  ] %s (ended by the watchdog)\n", what.c_str());
    ::_exit(124);
  }
}

}  // namespace

void Watchdog::start() {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are for the tests' own threads
  pthread_t thread;
  if (::pthread_create(&thread, nullptr, &guard, nullptr) != 0) ::abort();
  ::pthread_detach(thread);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  while (Watchdog::thread() == 0) ::sched_yield();
}

void Watchdog::watch(const std::string& what, double seconds) {
  const char* override_limit = ::getenv("WEFT_TEST_LIMIT");
  if (override_limit != nullptr) seconds = ::atof(override_limit);
  if (stressed()) seconds *= LongRun;
  Watch& state = watch_state();
  std::scoped_lock held(state.mutex);
  state.what = what;
  state.deadline = seconds == 0 ? 0 : real_now() + static_cast<std::int64_t>(seconds * patience() * 1e9);
}

pid_t Watchdog::thread() { return watch_state().thread; }

void report_who_waits() {
  std::fputs(wait::report().c_str(), stderr);
  std::fputs("The kernel's view:\n", stderr);
  report_tasks("/proc/self", Watchdog::thread());
  for (pid_t child : children()) {
    std::string process = "/proc/" + std::to_string(child);
    std::fprintf(stderr, "child %d, %s:\n", child, field(process + "/status", "Name").c_str());
    report_tasks(process, 0);
  }
}

}  // namespace weft::test
