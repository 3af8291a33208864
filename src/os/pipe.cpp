// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/pipe.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "weft/errors.hpp"

namespace weft::os {

Pipe make_pipe(int capacity) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw OSError(errno, "pipe2");
  Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  if (capacity > 0 && ::fcntl(ends[1], F_SETPIPE_SZ, capacity) < 0) throw OSError(errno, "fcntl F_SETPIPE_SZ");
  return pipe;
}

Descriptor open_devnull() {
  Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) throw OSError(errno, "open /dev/null");
  return null;
}

long write_quietly(int fd, const char* data, std::size_t size) noexcept {
  // SIGPIPE goes to the thread that writes. So it is blocked here, and taken
  // back if this write raised it; one that was pending before is not ours.
  sigset_t only_pipe, pending, before;
  ::sigemptyset(&only_pipe);
  ::sigaddset(&only_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &only_pipe, &before);
  ::sigpending(&pending);

  long written;
  do written = ::write(fd, data, size);
  while (written < 0 && errno == EINTR);
  if (written < 0) written = -errno;

  if (written == -EPIPE && !::sigismember(&pending, SIGPIPE)) {
    timespec at_once{};
    while (::sigtimedwait(&only_pipe, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return written;
}

void set_nonblocking(int fd, bool on) noexcept {
  int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0) ::fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

}  // namespace weft::os
