// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/hygiene.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "os/sanitizer.hpp"
#include "support/files.hpp"
#include "support/watchdog.hpp"
#include "wait/waiter.hpp"

namespace weft::test {
namespace {

void each_entry(const std::string& folder, const std::function<void(const std::string& name, int folder_fd)>& see) {
  DIR* dir = ::opendir(folder.c_str());
  if (dir == nullptr) return;
  while (const dirent* entry = ::readdir(dir)) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") see(name, ::dirfd(dir));
  }
  ::closedir(dir);
}

std::string link_target(const std::string& path) {
  char buffer[512];
  ssize_t n = ::readlink(path.c_str(), buffer, sizeof buffer);
  return n < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(n));
}

bool has_children() {
  siginfo_t info;
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

// ThreadSanitizer's runtime makes such a file before main() and unlinks it: who is killed between the two leaves it.
bool of_a_sanitizer([[maybe_unused]] const std::string& file) {
#ifdef WEFT_TSAN
  return file.rfind("tsan.rodata.", 0) == 0;
#else
  return false;
#endif
}

}  // namespace

Belongings Belongings::look(long since) {
  Belongings here;
  each_entry("/proc/self/task", [&](const std::string& id, int) {
    if (id != std::to_string(Watchdog::thread()))
      here.things["thread " + id] = first_line("/proc/self/task/" + id + "/comm");
  });

  for (const wait::Sight& who : wait::everybody()) {
    if (who.native_id != ::getpid()) here.things["waiter " + std::to_string(who.id)] = who.name;
  }

  each_entry("/proc/self/fd", [&](const std::string& number, int own) {
    if (number == std::to_string(own)) return;
    std::string target = link_target("/proc/self/fd/" + number);
    if (!target.empty()) here.things["descriptor " + number] = target;
  });

  if (has_children()) {
    std::string parent = "PPid:\t" + std::to_string(::getpid());
    each_entry("/proc", [&](const std::string& id, int) {
      if (id.find_first_not_of("0123456789") != std::string::npos) return;
      std::ifstream status("/proc/" + id + "/status");
      std::string name, state;
      for (std::string line; std::getline(status, line);) {
        if (line.rfind("Name:", 0) == 0) name = line.substr(6);
        if (line.rfind("State:", 0) == 0) state = line.substr(7);
        if (line == parent) here.things["child " + id] = name + ", " + state;
      }
    });
  }

  each_entry("/dev/shm", [&](const std::string& name, int folder) {
    struct stat s;
    if (::fstatat(folder, name.c_str(), &s, AT_SYMLINK_NOFOLLOW) == 0 && s.st_uid == ::getuid() &&
        s.st_ctim.tv_sec >= since)
      here.things["shared memory /dev/shm/" + name] = std::to_string(s.st_size) + " bytes";
  });

  if (const char* temp = ::getenv("TMPDIR")) {
    each_entry(temp, [&](const std::string& name, int) {
      if (!of_a_sanitizer(name)) here.things["temporary file " + name] = temp;
    });
  }
  return here;
}

std::string Belongings::beyond(const Belongings& before) const {
  std::string lines;
  for (const auto& [thing, looks] : things) {
    auto was = before.things.find(thing);
    bool renamed = thing[0] == 't' || thing[0] == 'w';  // a thread may change its name, it is still the same
    if (was == before.things.end() || (!renamed && was->second != looks)) lines += "  " + thing + " (" + looks + ")\n";
  }
  for (const auto& [thing, looks] : before.things) {
    if (thing.rfind("descriptor ", 0) == 0 && !things.contains(thing))
      lines += "  " + thing + " (" + looks + ") was closed\n";
  }
  return lines;
}

}  // namespace weft::test
