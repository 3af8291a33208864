// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/files.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace weft::test {

// Through a stream's own operator, which catches what the buffer throws.
std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string field(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + ":"))
      return line.substr(std::min(line.find_first_not_of(" \t", key.size() + 1), line.size()));
  }
  return {};
}

std::string status_of(int pid, const std::string& key) {
  return field("/proc/" + std::to_string(pid) + "/status", key);
}

}  // namespace weft::test
