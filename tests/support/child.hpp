// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <functional>
#include <string>
#include <vector>

namespace weft::test {

/// Forks and runs f() in the child, whose status is what f returns (99 if it
/// throws). Returns it once the child has ended, or -N if signal N ended it. A
/// child that takes longer than `seconds` (multiplied by patience()) is killed:
/// -SIGKILL, after a word about what it was doing. The child leaves by _exit().
int in_child(const std::function<int()>& f, double seconds = 10);

/// How a program ended and what it said.
struct Ran {
  int status = 0;  ///< as for in_child()
  std::string out, err;
};

/// Runs a program to its end, within `seconds`.
Ran run_program(const std::vector<std::string>& command, double seconds = 20);

}  // namespace weft::test
