// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/subprocess/streams.hpp"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "os/pipe.hpp"
#include "wait/descriptors.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"

namespace weft::subprocess {
namespace {

constexpr std::size_t Chunk = 1 << 16;

int open_or_throw(int fd) {
  if (fd < 0) throw ValueError("I/O operation on closed file.");
  return fd;
}

}  // namespace

Stream::Stream(const PipeReader& end) : value_(end.fileno()) {}
Stream::Stream(PipeWriter& end) : value_(end.fileno()) {}

PipeReader::PipeReader(PipeReader&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ahead_(std::exchange(other.ahead_, {})) {}

PipeReader& PipeReader::operator=(PipeReader&& other) noexcept {
  close();
  fd_ = std::exchange(other.fd_, -1);
  ahead_ = std::exchange(other.ahead_, {});
  return *this;
}

void PipeReader::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  ahead_.clear();
}

int PipeReader::fileno() const { return open_or_throw(fd_); }

// Reads what there is, waiting for the first byte; false at the end.
bool PipeReader::fill() {
  pollfd one{open_or_throw(fd_), POLLIN, 0};
  while (wait::wait_ready({&one, 1}, {}, {"Pipe", this}) != wait::Outcome::Woken) wait::in_vain();
  return read_some(ahead_);
}

// As fill(), for who knows that there is something to read.
bool PipeReader::read_some(std::string& into) {
  std::size_t before = into.size();
  into.resize(before + Chunk);
  ssize_t got;
  do got = ::read(fd_, into.data() + before, Chunk);
  while (got < 0 && errno == EINTR);
  int error = errno;
  into.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) throw OSError(error, "read");
  return got > 0;
}

std::string PipeReader::read() {
  while (fill()) {
  }
  return std::exchange(ahead_, {});
}

std::string PipeReader::read(std::size_t size) {
  open_or_throw(fd_);
  while (ahead_.size() < size && fill()) {
  }
  std::string taken = ahead_.substr(0, size);
  ahead_.erase(0, taken.size());
  return taken;
}

std::string PipeReader::readline() {
  open_or_throw(fd_);
  std::size_t looked = 0, newline;
  while ((newline = ahead_.find('\n', looked)) == std::string::npos) {
    looked = ahead_.size();
    if (!fill()) break;
  }
  std::string line = ahead_.substr(0, newline == std::string::npos ? newline : newline + 1);
  ahead_.erase(0, line.size());
  return line;
}

PipeWriter::PipeWriter(PipeWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), nonblocking_(std::exchange(other.nonblocking_, false)) {}

PipeWriter& PipeWriter::operator=(PipeWriter&& other) noexcept {
  close();
  fd_ = std::exchange(other.fd_, -1);
  nonblocking_ = std::exchange(other.nonblocking_, false);
  return *this;
}

void PipeWriter::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  nonblocking_ = false;
}

// Whoever takes the descriptor, another child perhaps, expects writes that wait.
int PipeWriter::fileno() {
  if (std::exchange(nonblocking_, false)) os::set_nonblocking(fd_, false);
  return open_or_throw(fd_);
}

void PipeWriter::unblock() noexcept {
  if (!std::exchange(nonblocking_, true)) os::set_nonblocking(fd_, true);
}

void PipeWriter::write(std::string_view data) {
  open_or_throw(fd_);
  unblock();
  while (!data.empty()) {
    long written = os::write_quietly(fd_, data.data(), data.size());
    if (written >= 0) {
      data.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == -EAGAIN) {
      pollfd one{fd_, POLLOUT, 0};
      if (wait::wait_ready({&one, 1}, {}, {"Pipe", this}) != wait::Outcome::Woken) wait::in_vain();
    } else {
      throw OSError(static_cast<int>(-written), "write");
    }
  }
}

}  // namespace weft::subprocess
