// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/lines.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t LongestArgument = (1 << 17) - 1;  // Linux takes none that is longer
constexpr std::size_t LongestRecord = 256 << 20;
constexpr std::size_t Chunk = 1 << 16;

int open_input(const std::string& file) {
  if (file == "-") return STDIN_FILENO;
  int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw OSError(errno, "open " + file);
  return fd;
}

bool is_file(int fd) {
  struct stat s;
  return ::fstat(fd, &s) == 0 && (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode));
}

}  // namespace

Lines::Lines(int fd, char separator) : fd_(fd), separator_(separator), always_ready_(is_file(fd)) {}

Lines::Lines(const std::string& file, char separator) : Lines(open_input(file), separator) {
  if (fd_ > STDERR_FILENO) own_.reset(fd_);
}

Lines::~Lines() = default;

std::optional<Lines::Line> Lines::cut() {
  for (;;) {
    std::size_t found = buffer_.find(separator_, searched_);
    if (found != std::string::npos) {
      bool too_long = found - begin_ > LongestArgument;
      Line line{buffer_.substr(begin_, std::min(found - begin_, LongestArgument)), too_long};
      begin_ = searched_ = found + 1;
      if (!std::exchange(skipping_, false)) return line;
      continue;
    }
    searched_ = buffer_.size();
    if (at_end_) {
      bool too_long = searched_ - begin_ > LongestArgument;
      Line line{buffer_.substr(begin_, LongestArgument), too_long};
      begin_ = searched_;
      if (line.text.empty() || std::exchange(skipping_, false)) return std::nullopt;
      return line;
    }
    if (skipping_) begin_ = searched_;
    if (searched_ - begin_ <= LongestArgument) return std::nullopt;
    Line line{buffer_.substr(begin_, LongestArgument), true};
    begin_ = searched_;
    skipping_ = true;
    return line;
  }
}

std::optional<std::string> Lines::cut_block(std::size_t size) {
  if (ahead() < size && !at_end_) return std::nullopt;
  std::size_t end = buffer_.size();
  if (ahead() > size) {
    std::size_t last = buffer_.rfind(separator_, begin_ + size - 1);
    bool inside = last != std::string::npos && last >= begin_;
    if (!inside) {
      last = buffer_.find(separator_, std::max(searched_, begin_ + size));
      searched_ = buffer_.size();
    }
    if (last != std::string::npos) end = last + 1;
    if (last == std::string::npos && !at_end_) {
      if (ahead() > LongestRecord) throw OSError(EMSGSIZE, "read a block");
      return std::nullopt;
    }
  }
  if (ahead() == size && !at_end_ && buffer_.back() != separator_) {
    std::size_t last = buffer_.rfind(separator_);
    if (last == std::string::npos || last < begin_) return std::nullopt;
    end = last + 1;
  }
  if (end == begin_) return std::nullopt;
  std::string block = buffer_.substr(begin_, end - begin_);
  begin_ = searched_ = end;
  return block;
}

bool Lines::ready() const {
  pollfd one{fd_, POLLIN, 0};
  return always_ready_ || ::poll(&one, 1, 0) > 0;
}

bool Lines::read_on() {
  if (at_end_ || !ready()) return false;
  if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
  }
  std::size_t before = buffer_.size();
  buffer_.resize(before + Chunk);
  ssize_t got = ::read(fd_, buffer_.data() + before, Chunk);
  int error = errno;
  buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && (error == EINTR || error == EAGAIN)) return false;
  if (got < 0) throw OSError(error, "read");
  at_end_ = got == 0;
  return !at_end_;
}

std::int64_t Lines::left() const {
  auto rest = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
  auto count = std::count(rest, buffer_.end(), separator_);
  bool unfinished = rest != buffer_.end() && buffer_.back() != separator_;
  return std::max<std::int64_t>(count + (unfinished ? 1 : 0) - (skipping_ ? 1 : 0), 0);
}

}  // namespace weft::cli
