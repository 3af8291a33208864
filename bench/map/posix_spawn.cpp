// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Nothing but to start and to wait, in two threads: what the machine itself takes.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "../measure.hpp"

int main(int argc, char** argv) {
  bench::Asked asked(argc, argv);
  if (!asked.for_column("true")) return bench::NotOffered;
  const int items = asked.times(1000);
  std::atomic<int> next{0}, failed{0};
  auto run = [&] {
    for (int item; (item = ++next) <= items;) {
      std::string name = "/bin/true", number = std::to_string(item);
      char* arguments[] = {name.data(), number.data(), nullptr};
      pid_t child = 0;
      int status = -1;
      if (posix_spawn(&child, arguments[0], nullptr, nullptr, arguments, environ) != 0 ||
          waitpid(child, &status, 0) != child || status != 0) {
        ++failed;
      }
    }
  };
  std::int64_t begin = bench::now();
  { std::jthread one(run), other(run); }
  double took = static_cast<double>(bench::now() - begin);
  return failed != 0 ? 1 : bench::print(took / 1e3 / items);
}
