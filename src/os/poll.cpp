// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/poll.hpp"

#include <errno.h>

#include <algorithm>

#include "os/clock.hpp"
#include "os/futex.hpp"

namespace weft::os {

int poll(std::span<pollfd> descriptors, std::int64_t deadline) noexcept {
  std::int64_t left = deadline == Never || deadline == 0 ? 0 : std::max<std::int64_t>(deadline - now(), 0);
  timespec limit{left / 1'000'000'000, left % 1'000'000'000};
  int ready = ::ppoll(descriptors.data(), descriptors.size(), deadline == Never ? nullptr : &limit, nullptr);
  return ready >= 0 ? ready : -errno;
}

}  // namespace weft::os
