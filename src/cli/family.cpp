// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/family.hpp"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "cli/descriptor.hpp"

namespace weft::cli {
namespace {

// A short file of /proc; empty if the process is gone.
std::string contents(const char* path) {
  Descriptor fd(::open(path, O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!fd) return text;
  char some[4096];
  for (ssize_t got; (got = ::read(fd.get(), some, sizeof some)) > 0;) text.append(some, static_cast<std::size_t>(got));
  return text;
}

std::string contents_of(pid_t pid, const char* what) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
  return contents(path);
}

// The fields of /proc/PID/stat that follow the name, which may hold anything.
struct Stat {
  char state = 0;
  int parent = 0, group = 0;
  unsigned long long born = 0;
};

bool stat_of(pid_t pid, Stat& found) {
  std::string text = contents_of(pid, "stat");
  std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return false;
  constexpr const char* Format = " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu";
  return std::sscanf(text.c_str() + name_end + 1, Format, &found.state, &found.parent, &found.group, &found.born) == 4;
}

std::int64_t resident(pid_t pid) {
  static const std::int64_t Page = ::sysconf(_SC_PAGESIZE);
  std::string text = contents_of(pid, "statm");
  long long pages = 0;
  return std::sscanf(text.c_str(), "%*d %lld", &pages) == 1 ? pages * Page : 0;
}

template <class See>
void each_number_in(const char* folder, See see) {
  DIR* dir = ::opendir(folder);
  if (dir == nullptr) return;
  while (const dirent* entry = ::readdir(dir)) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') see(std::atoi(entry->d_name));
  }
  ::closedir(dir);
}

// By the kernel's list of them where it has one, else by looking at everybody.
std::vector<pid_t> children_of(pid_t parent) {
  static const bool Listed = ::access("/proc/thread-self/children", R_OK) == 0;
  std::vector<pid_t> children;
  if (Listed) {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/task", parent);
    each_number_in(path, [&](int thread) {
      std::snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, thread);
      std::string list = contents(path);
      for (const char* at = list.c_str(); *at >= '0' && *at <= '9';) {
        char* end;
        children.push_back(static_cast<pid_t>(std::strtol(at, &end, 10)));
        at = end + (*end == ' ');
      }
    });
  } else {
    each_number_in("/proc", [&](int pid) {
      Stat stat;
      if (stat_of(pid, stat) && stat.parent == parent) children.push_back(pid);
    });
  }
  return children;
}

}  // namespace

void Family::look_below(pid_t parent) {
  for (pid_t child : children_of(parent)) {
    Stat stat;
    if (!stat_of(child, stat)) continue;
    bool known = std::any_of(strays_.begin(), strays_.end(),
                             [&](const Member& m) { return m.pid == child && m.born == stat.born; });
    if (known) continue;
    if (stat.group != head_) strays_.push_back({child, stat.born});
    look_below(child);
  }
}

void Family::look() {
  look_below(head_);
  for (std::size_t i = 0; i < strays_.size(); ++i) look_below(strays_[i].pid);
}

void Family::signal(int number) const {
  ::kill(-head_, number);
  for (const Member& member : strays_) {
    Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, member.pid, 0)));
    Stat stat;
    bool same = pidfd && stat_of(member.pid, stat) && stat.born == member.born;
    if (same) ::syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0);
  }
}

bool Family::has_left_some() const {
  // Those of the group that were given to us and have died would count as alive.
  while (::waitpid(-head_, nullptr, WNOHANG) > 0) {
  }
  if (::kill(-head_, 0) == 0) return true;
  return std::any_of(strays_.begin(), strays_.end(), [](const Member& member) {
    Stat stat;
    return stat_of(member.pid, stat) && stat.born == member.born && stat.state != 'Z';
  });
}

std::int64_t resident_memory(pid_t head) {
  std::int64_t sum = resident(head);
  for (pid_t child : children_of(head)) sum += resident_memory(child);
  return sum;
}

std::int64_t proportional_memory(pid_t head) {
  std::string text = contents_of(head, "smaps_rollup");
  std::size_t at = text.find("\nPss:");
  long long kibibytes = 0;
  bool known = at != text.npos && std::sscanf(text.c_str() + at, " Pss: %lld", &kibibytes) == 1;
  std::int64_t sum = known ? kibibytes * 1024 : resident(head);  // a kernel that does not tell, or another's process
  for (pid_t child : children_of(head)) sum += proportional_memory(child);
  return sum;
}

Adopted::Adopted() : strangers_(children_of(::getpid())) { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

pid_t Adopted::any_dead() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ? info.si_pid : 0;
}

void Adopted::bury_one(pid_t pid) { ::waitpid(pid, nullptr, WNOHANG); }

// Who dies leaves its children to us, so each round goes one generation deeper.
void Adopted::end_all() const {
  for (int round = 0; round < 100; ++round) {
    std::vector<pid_t> children = children_of(::getpid());
    std::erase_if(children,
                  [&](pid_t pid) { return std::find(strangers_.begin(), strangers_.end(), pid) != strangers_.end(); });
    if (children.empty()) return;
    for (pid_t child : children) {
      ::kill(child, SIGKILL);
      timespec a_little{0, 1'000'000};
      for (int tries = 0; tries < 50 && ::waitpid(child, nullptr, WNOHANG) == 0; ++tries)
        ::nanosleep(&a_little, nullptr);
    }
  }
}

}  // namespace weft::cli
