// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <sys/prctl.h>

#include <string>

namespace weft::os {

/// Names the calling thread for the kernel, and so for top, gdb and /proc: by the
/// first 15 bytes, which is what it keeps.
inline void set_thread_name(const std::string& name) noexcept { ::prctl(PR_SET_NAME, name.c_str()); }

}  // namespace weft::os
