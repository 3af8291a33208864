// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <errno.h>
#include <sys/eventfd.h>

#include "os/descriptor.hpp"

namespace weft::os {

/// A descriptor that one can poll beside others, for a thread that sleeps on them
/// to be woken by another thread.
class Bell {
 public:
  Bell() noexcept : descriptor_(::eventfd(0, EFD_CLOEXEC)) {}

  explicit operator bool() const noexcept { return static_cast<bool>(descriptor_); }
  int get() const noexcept { return descriptor_.get(); }
  void ring() noexcept { ::eventfd_write(get(), 1); }

  /// For a ring() that has been made, or is about to be: until then the bell must
  /// not go.
  void wait_for_ring() noexcept {
    eventfd_t rung;
    while (::eventfd_read(get(), &rung) != 0 && errno == EINTR) {
    }
  }

 private:
  Descriptor descriptor_;
};

}  // namespace weft::os
