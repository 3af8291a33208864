// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <pthread.h>
#include <time.h>
#include <unistd.h>

namespace weft::os {

/// What gettid() returns, without a system call: the kernel takes the number of a
/// thread's CPU clock apart into the thread's own, so the C library has to know it.
/// Not for the child of a vfork(): there it is its parent's.
inline int native_id() noexcept {
  clockid_t clock;
  if (::pthread_getcpuclockid(::pthread_self(), &clock) != 0) return ::gettid();
  return ~(clock >> 3);
}

}  // namespace weft::os
