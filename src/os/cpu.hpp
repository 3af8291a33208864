// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>

namespace weft::os {

/// The CPUs that the quota of this process's cgroup pays for, rounded up; 0 if
/// there is none. Reads /proc and /sys below `root`.
int cpu_quota(const std::string& root = {});

/// Tells the processor that this is a spin loop.
inline void cpu_pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

}  // namespace weft::os
