// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <span>
#include <string>

#include "os/descriptor.hpp"

namespace weft::os {

struct Limit {
  int resource;
  rlimit64 value;
};

/// What a child is to become. The parent makes all of it ready, because the
/// child may not allocate.
struct Program {
  std::string name;                    ///< as the user wrote it, for errors
  std::span<const char* const> paths;  ///< tried one after the other
  char* const* argv = nullptr;         ///< ends with a null, as envp does
  char* const* envp = nullptr;
  int stdio[3] = {-1, -1, -1};  ///< what becomes 0, 1 and 2; -1: the parent's
  std::span<const int> keep;    ///< descriptors that the child keeps: sorted, no two equal
  const char* cwd = nullptr;
  bool close_others = true;     ///< all from 3 on, but for `keep`
  bool restore_signals = true;  ///< SIGPIPE and SIGXFSZ as a new program expects them
  bool new_session = false;
  int process_group = -1;  ///< -1: the parent's; 0: its own
  int umask = -1;          ///< -1: the parent's
  std::span<const Limit> limits;
  int parent_death_signal = 0;  ///< 0: none
};

struct Child {
  pid_t pid;
  Descriptor pidfd;
};

/// Starts a program. When this returns, the child has called execve. Throws
/// OSError with the errno of the child if something failed there, and then the
/// child is gone.
///
/// The child shares our memory until it calls execve (a vfork), so the cost
/// does not grow with the size of the parent, and what other threads hold
/// locked does not matter: the child only makes system calls. The calling
/// thread stands still meanwhile. Whatever else is open here is closed in the
/// child, also where another thread opened it without O_CLOEXEC.
Child spawn(const Program& program);

/// How a child stands.
struct Status {
  enum Kind {
    Running,
    Ended,  ///< `code` is its exit status, or minus the signal that killed it
    Gone,   ///< somebody else took its status: SIGCHLD is ignored, or a stranger's waitpid(-1)
  } kind;
  int code = 0;
};

/// Looks at a child and leaves it as it is; a dead one stays a zombie. With
/// `wait`, sleeps in the kernel until it has ended.
Status look(int pidfd, bool wait = false) noexcept;

/// Buries a dead child: the zombie is gone. False if it is still running.
bool reap(int pidfd) noexcept;

/// Sends a signal. Returns 0 or errno; ESRCH if the child was buried.
int send_signal(int pidfd, int signal) noexcept;

}  // namespace weft::os
