// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/tour.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cli/lessons.hpp"
#include "cli/options.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

// The lines of a program without the notice at its top.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    bool is_notice = line.find("SPDX-") != std::string::npos;
    if (!is_notice && (!line.empty() || !lines.empty())) lines.push_back(std::move(line));
  }
  return lines;
}

std::string indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("{}{}\n", line.empty() ? "" : "    ", line);
  return text;
}

// Side by side where there is room for it, else one after the other.
std::string shown(const Twins& twins, std::size_t columns) {
  std::vector<std::string> cpp = lines_of(twins.cpp), python = lines_of(twins.python);
  std::size_t left = 0, right = 0;
  for (const std::string& line : cpp) left = std::max(left, columns_of(line));
  for (const std::string& line : python) right = std::max(right, columns_of(line));
  std::string text;
  if (left + right + 3 <= columns) {
    cpp.insert(cpp.begin(), {twins.name + ".cpp", ""});
    python.insert(python.begin(), {twins.name + ".py", ""});
    std::size_t rows = std::max(cpp.size(), python.size());
    cpp.resize(rows);
    python.resize(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      text += fmt::format("{} |{}{}\n", fit(cpp[i], left), python[i].empty() ? "" : " ", python[i]);
    }
  } else {
    text += twins.name + ".cpp:\n\n" + indented(cpp) + "\nThe same in Python:\n\n" + indented(python);
  }
  return text + "\nBoth print:\n\n" + indented(lines_of(twins.printed));
}

std::string list() {
  std::string text = "Lessons, each a small program in C++ beside its twin in Python, which prints the same:\n\n";
  for (std::size_t i = 0; i < lessons().size(); ++i) {
    text += fmt::format("  {:>2}  {:<24}  {}\n", i + 1, lessons()[i].name, lessons()[i].title);
  }
  return text +
         "\n`weft tour 1` begins. `weft tour --cpp PROGRAM` and `weft tour --python PROGRAM` print a program alone, "
         "to\n"
         "be compiled or run.\n";
}

std::size_t found(const std::string& word) {
  for (std::size_t i = 0; i < lessons().size(); ++i) {
    if (word == lessons()[i].name || word == std::to_string(i + 1)) return i;
  }
  throw UsageError(fmt::format("there is no lesson '{}'; weft tour lists them", word));
}

const Twins& program(const std::string& name) {
  for (const Lesson& lesson : lessons()) {
    for (const Twins& twins : lesson.programs) {
      if (twins.name == name) return twins;
    }
  }
  throw UsageError(fmt::format("no lesson has a program '{}'", name));
}

}  // namespace

std::string tour(const std::vector<std::string>& words, std::size_t columns) {
  if (words.empty()) return list();
  if (words.size() == 1 && words[0] == "--names") {
    std::string names;
    for (const Lesson& lesson : lessons()) names += lesson.name + "\n";
    return names;
  }
  if (words.size() == 2 && words[0] == "--cpp") return program(words[1]).cpp;
  if (words.size() == 2 && words[0] == "--python") return program(words[1]).python;
  if (words[0] == "--cpp" || words[0] == "--python") throw UsageError(words[0] + " takes the name of one program");
  if (words == std::vector<std::string>{"--programs"}) {
    std::string names;
    for (const Lesson& lesson : lessons()) {
      for (const Twins& twins : lesson.programs) names += twins.name + "\n";
    }
    return names;
  }
  if (words.size() != 1) throw UsageError("weft tour takes the name or the number of one lesson");

  std::size_t number = found(words[0]);
  const Lesson& lesson = lessons()[number];
  std::string text = fmt::format("{}. {}\n\n{}", number + 1, lesson.title, lesson.text);
  for (const Twins& twins : lesson.programs) text += fmt::format("\n{}", shown(twins, columns));
  if (number + 1 < lessons().size()) text += fmt::format("\nNext: weft tour {}\n", number + 2);
  return text;
}

}  // namespace weft::cli
