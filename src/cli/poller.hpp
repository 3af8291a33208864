// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <span>
#include <vector>

#include "cli/descriptor.hpp"
#include "cli/time.hpp"

namespace weft::cli {

/// Waits for many descriptors at once. Each is known by a key.
class Poller {
 public:
  Poller();

  /// False if such a descriptor cannot be waited for: a file, which is always ready.
  bool add(int fd, std::uint32_t events, std::uint64_t key);
  void change(int fd, std::uint32_t events, std::uint64_t key) noexcept;
  void remove(int fd) noexcept;

  /// What is ready, at the latest at `until`; nothing when that has come.
  std::span<const epoll_event> wait(Time until);

 private:
  Descriptor fd_;
  std::vector<epoll_event> ready_;
};

}  // namespace weft::cli
