// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Other programs, run from this one: what they print, how they end, and one
// that takes too long.

#include <weft/subprocess.hpp>

#include <cstdio>

using namespace weft::subprocess;

int main() {
  auto sorted = run({"sort"}, {.input = "pear\napple\nfig\n", .stdout = PIPE, .check = true});
  std::printf("sorted:\n%s", sorted.stdout.c_str());

  auto failed = run({"sh", "-c", "exit 3"});
  std::printf("returncode: %d\n", failed.returncode);

  try {
    run({"sleep", "3600"}, {.timeout = 0.05});
  } catch (const TimeoutExpired& error) {
    std::printf("%s took too long\n", error.cmd[0].c_str());
  }

  Popen cat({"cat"}, {.stdin = PIPE, .stdout = PIPE});
  auto [output, errors] = cat.communicate("there and back\n");
  std::printf("%sended with %d\n", output.c_str(), *cat.returncode());
}
