// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/guard.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <string_view>

namespace weft::cli {

Guard::Guard(int slots, int terminal) : slots_(slots) {
  std::size_t size = (static_cast<std::size_t>(slots) + 1) * sizeof(Entry);
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int ends[2];
  if (memory == MAP_FAILED || ::pipe2(ends, O_CLOEXEC) != 0) return;
  table_ = static_cast<Entry*>(memory);
  lifeline_.reset(ends[1]);
  pid_ = ::_Fork();
  if (pid_ == 0) keep_watch(ends[0], terminal);
  ::close(ends[0]);
}

Guard::~Guard() {
  dismiss();
  if (table_ != nullptr) ::munmap(table_, (static_cast<std::size_t>(slots_) + 1) * sizeof(Entry));
}

void Guard::dismiss() noexcept {
  if (pid_ <= 0) return;
  table_[slots_].store(1, std::memory_order_relaxed);
  lifeline_.reset();
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

// Out of reach of Ctrl-C and of who kills our whole process group.
void Guard::keep_watch(int lifeline, int terminal) const {
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::setsid();
  ::prctl(PR_SET_NAME, "weft guard");
  static_cast<void>(!::chdir("/"));
  ::close(lifeline_.get());  // or we should wait for ourselves
  ::dup2(lifeline, STDIN_FILENO);
  bool cleans_terminal = terminal >= 0 && ::dup2(terminal, STDOUT_FILENO) >= 0;
  // Where there is no such call, the rest stays open for as long as we live.
  ::syscall(SYS_close_range, cleans_terminal ? 2u : 1u, UINT_MAX, 0);

  char byte;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  if (table_[slots_].load(std::memory_order_relaxed) != 0) ::_exit(0);
  for (int slot = 0; slot < slots_; ++slot) {
    pid_t group = table_[slot].load(std::memory_order_relaxed);
    if (group > 0) ::kill(-group, SIGKILL);
  }
  constexpr std::string_view Clean = "\r\x1b[J";
  if (cleans_terminal) static_cast<void>(!::write(STDOUT_FILENO, Clean.data(), Clean.size()));
  ::_exit(0);
}

}  // namespace weft::cli
