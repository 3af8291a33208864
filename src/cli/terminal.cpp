// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string>

namespace weft::cli {

Descriptor reopened_terminal(int fd) {
  int number;
  bool is_master = ::ioctl(fd, TIOCGPTN, &number) == 0;  // to open that makes a new one
  if (is_master || ::isatty(fd) == 0) return {};
  std::string path = "/proc/self/fd/" + std::to_string(fd);
  return Descriptor(::open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
}

}  // namespace weft::cli
