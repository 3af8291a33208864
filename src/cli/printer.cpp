// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/printer.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace weft::cli {
namespace {

bool is_file(int fd) {
  struct stat s;
  return ::fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
}

}  // namespace

// Whoever reads our output may be slow, and we must not wait for it after a
// stop. So a pipe is written in pieces that it takes at once when poll says so.
bool Printer::write(int fd, std::string_view data) {
  bool file = is_file(fd);
  while (!data.empty()) {
    if (!file) {
      pollfd all[1 + Stop::Watched] = {{fd, POLLOUT, 0}};
      stop_.watch(all + 1);
      if (::poll(all, std::size(all), -1) < 0 && errno != EINTR) return false;
      stop_.noticed(all + 1);
      if (stop_.requested()) return false;
      if (all[0].revents == 0) continue;
    }
    ssize_t written = ::write(fd, data.data(), file ? data.size() : std::min<std::size_t>(data.size(), PIPE_BUF));
    if (written >= 0) {
      data.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      if (fd == STDOUT_FILENO) {
        stop_.request(errno == EPIPE ? Reason{Reason::OutputClosed, 0} : Reason{Reason::OutputFailed, errno});
      }
      return false;  // nobody to tell that stderr is gone
    }
  }
  return true;
}

void Printer::print(int fd, const Capture& capture) {
  if (capture.empty()) return;
  progress_.hide();
  capture.each_piece([&](std::string_view piece) { return write(fd, piece); });
  if (progress_.visible() && ::isatty(fd)) half_line_ = capture.last() != '\n';
}

void Printer::say(std::string_view message) {
  progress_.hide();
  std::string line = fmt::format("{}weft map: {}\n", half_line_ ? "\n" : "", message);
  half_line_ = false;
  if (write(STDERR_FILENO, line)) return;
  // After a stop, as far as it goes without waiting for who reads it.
  pollfd ready{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&ready, 1, 0) > 0) static_cast<void>(::write(STDERR_FILENO, line.data(), line.size()));
}

void Printer::show(const Tally& tally) {
  if (!half_line_) progress_.show(tally);
}

}  // namespace weft::cli
