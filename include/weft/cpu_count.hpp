// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "weft/detail/api.hpp"

namespace weft {

/// How many CPUs this process may keep busy, at least 1: those of its affinity,
/// as os.process_cpu_count() in Python, and no more than the quota of its cgroup
/// (v1 or v2) pays for, rounded up. The environment variable WEFT_CPU_COUNT
/// overrides both. Looked up anew each time.
WEFT_API int cpu_count();

}  // namespace weft
