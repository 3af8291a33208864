// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

// What the tests of the command share: it is run as its users run it, as a
// program, from outside.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/files.hpp"
#include "support/support.hpp"
#include "weft/subprocess.hpp"

namespace weft::cli {

using subprocess::CompletedProcess;
using subprocess::PIPE;
using subprocess::Popen;
using test::contents;
using test::status_of;
using test::wait_until;
using Words = std::vector<std::string>;

inline std::vector<std::string> weft_map(const std::vector<std::string>& words) {
  std::vector<std::string> all = {WEFT_COMMAND_FILE, "map"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

/// Without lines that tell how far it is, however long that takes here, unless the words ask for them.
inline CompletedProcess map(const std::vector<std::string>& words, std::string_view input = {}) {
  std::vector<std::string> all = {"--view", "none"};
  all.insert(all.end(), words.begin(), words.end());
  return subprocess::run(weft_map(all), {.input = input, .capture_output = true});
}

inline std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

inline std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> all = lines(text);
  std::sort(all.begin(), all.end());
  return all;
}

/// A --timeout that only those reach who would run for ever.
inline std::string ample() { return std::to_string(2 * test::patience()); }

/// An environment by which the commands of one test are known from outside.
class Mark {
 public:
  Mark() : value_(std::to_string(::getpid()) + "-" + std::to_string(test::real_now())), env(subprocess::environment()) {
    env["WEFT_TEST_MARK"] = value_;
  }
  ~Mark() {
    for (int pid : bearers("")) ::kill(pid, SIGKILL);
  }

  /// The processes that carry the mark and whose command line begins with `words`.
  std::set<int> bearers(const std::string& words) const {
    std::set<int> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      if (contents(entry.path() / "environ").find("WEFT_TEST_MARK=" + value_) == std::string::npos) continue;
      if (contents(entry.path() / "cmdline").starts_with(words)) found.insert(std::stoi(name));
    }
    return found;
  }

 private:
  std::string value_;

 public:
  std::map<std::string, std::string> env;
};

}  // namespace weft::cli
