// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/capture.hpp"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <utility>

#include "weft/errors.hpp"

namespace weft::cli {
namespace {

int open_nameless() {
  const char* set = ::getenv("TMPDIR");
  std::string folder = set != nullptr && *set != '\0' ? set : "/tmp";
  int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {  // a file system that knows no files without names
    std::string name = folder + "/weft-XXXXXX";
    fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd >= 0) ::unlink(name.c_str());
  }
  if (fd < 0) throw OSError(errno, "open " + folder);
  return fd;
}

}  // namespace

Capture::Capture(Capture&& other) noexcept
    : memory_(std::exchange(other.memory_, {})),
      file_(std::exchange(other.file_, -1)),
      in_file_(std::exchange(other.in_file_, 0)),
      last_(std::exchange(other.last_, '\n')) {}

Capture& Capture::operator=(Capture&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(file_, other.file_);
  std::swap(in_file_, other.in_file_);
  std::swap(last_, other.last_);
  return *this;
}

void Capture::add(std::string_view data) {
  if (data.empty()) return;
  last_ = data.back();
  if (in_file_ == 0 && memory_.size() + data.size() <= InMemory) {
    memory_ += data;
    return;
  }
  if (file_ < 0) file_ = open_nameless();
  while (!data.empty()) {
    ssize_t written = ::pwrite(file_, data.data(), data.size(), in_file_);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw OSError(errno, "write to a temporary file");
    in_file_ += written;
    data.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Capture::clear() noexcept {
  memory_.clear();
  if (file_ >= 0) ::close(std::exchange(file_, -1));
  in_file_ = 0;
  last_ = '\n';
}

std::size_t Capture::read_file(std::int64_t offset, char* into) const {
  ssize_t got;
  do got = ::pread(file_, into, Piece, offset);
  while (got < 0 && errno == EINTR);
  if (got <= 0) throw OSError(got < 0 ? errno : EIO, "read a temporary file");
  return static_cast<std::size_t>(got);
}

}  // namespace weft::cli
