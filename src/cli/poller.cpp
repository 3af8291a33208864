// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/poller.hpp"

#include <errno.h>

#include <algorithm>

#include "weft/errors.hpp"

namespace weft::cli {

Poller::Poller() : fd_(::epoll_create1(EPOLL_CLOEXEC)), ready_(64) {
  if (!fd_) throw OSError(errno, "epoll_create1");
}

bool Poller::add(int fd, std::uint32_t events, std::uint64_t key) {
  epoll_event event{events, {.u64 = key}};
  if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return true;
  if (errno == EPERM) return false;
  throw OSError(errno, "epoll_ctl");
}

void Poller::change(int fd, std::uint32_t events, std::uint64_t key) noexcept {
  epoll_event event{events, {.u64 = key}};
  ::epoll_ctl(fd_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Poller::remove(int fd) noexcept { ::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const epoll_event> Poller::wait(Time until) {
  int milliseconds = -1;
  if (until != Never) {
    Time left = std::max<Time>(until - now(), 0);
    milliseconds = static_cast<int>(std::min<Time>((left + Millisecond - 1) / Millisecond, 60'000));
  }
  int count = ::epoll_wait(fd_.get(), ready_.data(), static_cast<int>(ready_.size()), milliseconds);
  if (count < 0 && errno != EINTR) throw OSError(errno, "epoll_wait");
  return {ready_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

}  // namespace weft::cli
