// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>
#include <vector>

namespace weft::cli {

/// A program in C++, its twin in Python, and what both print.
struct Twins {
  std::string name, cpp, python, printed;
};

struct Lesson {
  std::string name, title, text;
  std::vector<Twins> programs;
};

/// All of them in their order, as examples/tour has them.
const std::vector<Lesson>& lessons();

}  // namespace weft::cli
