// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "support/files.hpp"
#include "support/wait_until.hpp"
#include "support/watchdog.hpp"

// Children of a process with many threads start threads themselves.
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }

namespace weft::test {
namespace {

int wait_for(pid_t child, double seconds) {
  int status = 0;
  if (!wait_until([&] { return ::waitpid(child, &status, WNOHANG) == child; }, seconds)) {
    std::fprintf(stderr, "child %d takes too long:\n", child);
    report_who_waits();
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

int in_child(const std::function<int()>& f, double seconds) {
  pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    int status = 99;
    try {
      status = f();
    } catch (...) {
    }
    ::_exit(status);
  }
  return wait_for(child, seconds);
}

Ran run_program(const std::vector<std::string>& command, double seconds) {
  std::string folder = std::filesystem::temp_directory_path() / "run-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  std::string out = folder + "/out", err = folder + "/err";
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) {
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  Ran ran;
  ran.status = wait_for(child, seconds);
  ran.out = contents(out);
  ran.err = contents(err);
  std::filesystem::remove_all(folder);
  return ran;
}

}  // namespace weft::test
