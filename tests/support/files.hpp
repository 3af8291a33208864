// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>

namespace weft::test {

// Files of /proc go while they are read, with the process that they speak of. So
// nothing here throws: what cannot be read is not there.

/// All that can be read of a file.
std::string contents(const std::string& path);

std::string first_line(const std::string& path);

/// A field of a file as /proc/PID/status; "" if there is none.
std::string field(const std::string& path, const std::string& key);

/// A field of /proc/PID/status.
std::string status_of(int pid, const std::string& key);

}  // namespace weft::test
