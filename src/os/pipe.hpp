// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "os/descriptor.hpp"

namespace weft::os {

struct Pipe {
  Descriptor read, write;
};

/// A pipe that no program started by exec inherits. `capacity` is in bytes, 0
/// for what the kernel gives. Throws OSError.
Pipe make_pipe(int capacity = 0);

/// /dev/null, for reading and writing. Throws OSError.
Descriptor open_devnull();

/// write(2) that never raises SIGPIPE: a pipe that nobody reads is EPIPE.
/// Returns the bytes written, or minus errno.
long write_quietly(int fd, const char* data, std::size_t size) noexcept;

/// Makes reads and writes on `fd` return EAGAIN where they would wait, or not.
void set_nonblocking(int fd, bool on) noexcept;

}  // namespace weft::os
