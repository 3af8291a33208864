// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "weft/subprocess.hpp"

namespace weft::test {

inline std::vector<std::string> sh(const std::string& script) { return {"/bin/sh", "-c", script}; }

/// Runs nothing, successfully.
inline const std::vector<std::string> ZeroReturn = {"/bin/true"};
inline const std::vector<std::string> Nonexisting = {"nonexisting_i_hope"};

/// A file without a name; what is written can be read again from the start.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content = {}) : fd_(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
    [[maybe_unused]] auto n = ::write(fd_, content.data(), content.size());
    ::lseek(fd_, 0, SEEK_SET);
  }
  ~TemporaryFile() { ::close(fd_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  int fileno() const { return fd_; }
  std::string content() const {
    std::string all(4096, '\0');
    ssize_t n = ::pread(fd_, all.data(), all.size(), 0);
    all.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return all;
  }

 private:
  int fd_;
};

/// Which of the descriptors below 100 are open in a child made with `options`.
inline std::set<int> open_in_child(subprocess::PopenOptions options) {
  options.stdout = subprocess::PIPE;
  subprocess::Popen child(
      sh("i=0; while [ $i -lt 100 ]; do if [ -e /proc/self/fd/$i ]; then echo $i; fi; i=$((i+1)); done"), options);
  std::set<int> open;
  for (std::string& line : child.stdout) open.insert(std::stoi(line));
  child.wait();
  return open;
}

}  // namespace weft::test
