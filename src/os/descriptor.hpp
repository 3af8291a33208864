// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <unistd.h>

#include <utility>

namespace weft::os {

/// A file descriptor that is closed with its owner; -1 is none.
class Descriptor {
 public:
  constexpr Descriptor() noexcept = default;
  explicit constexpr Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }

  void reset(int fd = -1) noexcept {
    if (fd_ >= 0) ::close(fd_);  // EINTR: Linux has closed it all the same
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace weft::os
