// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

namespace weft::cli {
namespace {

// The number after `name` at the beginning of a line; -1 if there is none.
std::int64_t number_in(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) {
      const char* digits = line.c_str() + name.size();
      char* end;
      std::int64_t number = std::strtoll(digits, &end, 10);
      return end == digits ? -1 : number;
    }
  }
  return -1;
}

// What a control group has left. What it holds of files can be had back.
std::int64_t left_in_group(const std::string& folder) {
  std::int64_t most = number_in(folder + "/memory.max", "");
  std::int64_t used = number_in(folder + "/memory.current", "");
  if (most < 0 || used < 0) return INT64_MAX;
  std::int64_t of_files = number_in(folder + "/memory.stat", "inactive_file ");
  return std::max<std::int64_t>(most - used + std::max<std::int64_t>(of_files, 0), 0);
}

}  // namespace

std::int64_t available_memory() {
  std::int64_t kibibytes = number_in("/proc/meminfo", "MemAvailable:");
  std::int64_t available = kibibytes < 0 ? INT64_MAX : kibibytes * 1024;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with("0::/")) continue;
    for (std::string path = line.substr(3); !path.empty(); path.resize(path.rfind('/'))) {
      available = std::min(available, left_in_group("/sys/fs/cgroup" + path));
    }
  }
  return available;
}

}  // namespace weft::cli
