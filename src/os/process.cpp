// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/process.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstddef>
#include <cstring>
#include <memory>

#include "weft/errors.hpp"

// clone() under its other name in glibc. ThreadSanitizer wraps the first one and
// takes every call for a fork(), which this is not: memory is shared.
extern "C" int __clone(int (*)(void*), void*, int, void*, ...);  // NOLINT(readability-identifier-naming)

namespace weft::os {
namespace {

// The sanitizers keep notes about what a thread does. The child borrows its
// parent's thread, so they must not see what it does: no instrumented code, and
// no function that they wrap. That leaves bare system calls.
#define WEFT_IN_CHILD __attribute__((no_sanitize_address, no_sanitize_thread, noinline))

using KernelSignals = unsigned long[(64 / 8) / sizeof(unsigned long)];

struct Birth {
  const Program& program;
  pid_t parent;
  KernelSignals mask;     // the caller's
  int error = 0;          // written by the child if it fails,
  const char* call = "";  // with the call that failed
};

constexpr int Signals = 64;

// The kernel's struct sigaction begins with the handler on every architecture
// that we know, and is smaller than this. All zeros is SIG_DFL.
struct KernelAction {
  unsigned long handler;
  unsigned long rest[7];
};

// A signal that came now would run a handler of the parent, in the parent's
// memory. Ignored signals stay ignored, as across execve.
WEFT_IN_CHILD void forget_handlers(bool restore) noexcept {
  const unsigned long ignored = reinterpret_cast<unsigned long>(SIG_IGN);
  KernelAction none = {0, {0, 0, 0, 0, 0, 0, 0}};
  for (int signal = 1; signal <= Signals; ++signal) {
    KernelAction found;
    if (::syscall(SYS_rt_sigaction, signal, nullptr, &found, sizeof(KernelSignals)) != 0) continue;
    bool keep = found.handler == 0 || found.handler == ignored;
    if (restore && (signal == SIGPIPE || signal == SIGXFSZ)) keep = found.handler == 0;
    if (!keep) ::syscall(SYS_rt_sigaction, signal, &none, nullptr, sizeof(KernelSignals));
  }
}

// Puts what the program wants on 0, 1 and 2. A source that is itself one of
// these is first copied out of the way, so that no order can overwrite it.
WEFT_IN_CHILD bool place_stdio(const int (&wanted)[3]) noexcept {
  int from[3] = {wanted[0], wanted[1], wanted[2]};
  for (int i = 0; i < 3; ++i) {
    if (from[i] < 0 || from[i] > 2 || from[i] == i) continue;
    long moved = ::syscall(SYS_fcntl, from[i], F_DUPFD_CLOEXEC, 3);
    if (moved < 0) return false;
    from[i] = static_cast<int>(moved);
  }
  for (int i = 0; i < 3; ++i) {
    if (from[i] < 0) continue;
    long r = from[i] == i ? ::syscall(SYS_fcntl, i, F_SETFD, 0) : ::syscall(SYS_dup3, from[i], i, 0);
    if (r < 0) return false;
  }
  return true;
}

WEFT_IN_CHILD void close_range(unsigned first, unsigned last) noexcept {
  if (first > last || ::syscall(SYS_close_range, first, last, 0) == 0) return;
  // A kernel before 5.9, or a filter that does not know the call.
  rlimit limit{};
  ::syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
  for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; ++fd) ::syscall(SYS_close, fd);
}

WEFT_IN_CHILD void close_others(std::span<const int> keep) noexcept {
  unsigned first = 3;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    unsigned kept = static_cast<unsigned>(keep.data()[i]);
    if (kept < first) continue;
    close_range(first, kept - 1);
    first = kept + 1;
  }
  close_range(first, UINT_MAX);
}

// Returns the name of the call that failed, with errno set; a child that did
// become the program does not return.
WEFT_IN_CHILD const char* become(const Birth& birth) noexcept {
  const Program& program = birth.program;
  if (!place_stdio(program.stdio)) return "dup2";
  if (program.cwd != nullptr && ::syscall(SYS_chdir, program.cwd) != 0) return "chdir";
  if (program.umask >= 0) ::syscall(SYS_umask, program.umask);
  if (program.new_session && ::syscall(SYS_setsid) < 0) return "setsid";
  if (program.process_group >= 0 && ::syscall(SYS_setpgid, 0, program.process_group) != 0) return "setpgid";
  for (std::size_t i = 0; i < program.keep.size(); ++i) {
    if (::syscall(SYS_fcntl, program.keep.data()[i], F_SETFD, 0) != 0) return "fcntl";
  }
  for (std::size_t i = 0; i < program.limits.size(); ++i) {
    const Limit& limit = program.limits.data()[i];
    if (::syscall(SYS_prlimit64, 0, limit.resource, &limit.value, nullptr) != 0) return "setrlimit";
  }
  if (program.parent_death_signal != 0) {
    if (::syscall(SYS_prctl, PR_SET_PDEATHSIG, program.parent_death_signal) != 0) return "prctl";
    // It may have ended before we asked to be told.
    if (::syscall(SYS_getppid) != birth.parent) ::syscall(SYS_kill, ::syscall(SYS_getpid), program.parent_death_signal);
  }
  if (program.close_others) close_others(program.keep);
  forget_handlers(program.restore_signals);
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, birth.mask, nullptr, sizeof(KernelSignals));

  // As execvp and Python: of several failures, tell the first that says more
  // than "not there".
  int error = 0;
  for (std::size_t i = 0; i < program.paths.size(); ++i) {
    ::syscall(SYS_execve, program.paths.data()[i], program.argv, program.envp);
    if (error == 0 || error == ENOENT || error == ENOTDIR) error = errno;
  }
  errno = error;
  return "execve";
}

WEFT_IN_CHILD int child_main(void* argument) noexcept {
  Birth& birth = *static_cast<Birth*>(argument);
  birth.call = become(birth);
  birth.error = errno;
  ::syscall(SYS_exit_group, 127);
  return 127;
}

}  // namespace

Child spawn(const Program& program) {
  constexpr std::size_t StackSize = 1 << 16;  // the first call through a PLT may save every vector register there
  auto stack = std::make_unique_for_overwrite<std::byte[]>(StackSize);
  auto top = reinterpret_cast<std::uintptr_t>(stack.get() + StackSize) & ~std::uintptr_t{15};

  Birth birth{program, ::getpid(), {}};
  int pidfd = -1;
  KernelSignals all;
  std::memset(all, 0xff, sizeof all);
  // The bare call: the library's leaves out two signals that it uses itself.
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, all, birth.mask, sizeof all);
  int pid = ::__clone(child_main, reinterpret_cast<void*>(top), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &birth,
                      &pidfd);
  int error = errno;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, birth.mask, nullptr, sizeof all);
  if (pid < 0) throw OSError(error, "clone");

  Child child{pid, Descriptor(pidfd)};
  if (birth.error == 0) return child;
  look(pidfd, true);
  reap(pidfd);
  std::string call = birth.call;
  if (call == "execve") call += " " + program.name;
  if (call == "chdir") call += std::string(" ") + program.cwd;
  throw OSError(birth.error, call);
}

namespace {

constexpr auto ByDescriptor = static_cast<idtype_t>(3);  // P_PIDFD, which older headers lack

int wait_for(int pidfd, siginfo_t& info, int options) noexcept {
  int r;
  do {
    info = {};
    r = ::waitid(ByDescriptor, static_cast<id_t>(pidfd), &info, options);
  } while (r != 0 && errno == EINTR);
  return r;
}

}  // namespace

Status look(int pidfd, bool wait) noexcept {
  siginfo_t info;
  if (wait_for(pidfd, info, WEXITED | WNOWAIT | (wait ? 0 : WNOHANG)) != 0) return {Status::Gone};
  if (info.si_pid == 0) return {Status::Running};
  return {Status::Ended, info.si_code == CLD_EXITED ? info.si_status : -info.si_status};
}

bool reap(int pidfd) noexcept {
  siginfo_t info;
  return wait_for(pidfd, info, WEXITED | WNOHANG) != 0 || info.si_pid != 0;
}

int send_signal(int pidfd, int signal) noexcept {
  return ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == 0 ? 0 : errno;
}

}  // namespace weft::os
