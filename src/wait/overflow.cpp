// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/overflow.hpp"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "os/stack_pool.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {
namespace {

// A stack that has run over cannot be used to say so.
constexpr std::size_t AlternateSize = 32 * 1024;

constinit thread_local void* alternate [[gnu::tls_model("initial-exec")]] = nullptr;

// The guard that was hit is that of the stack that runs, and the stack of a
// generator or greenlet is its own.
void on_fault(int signal, siginfo_t* info, void*) {
  const Waiter* who = current;
  const os::Stack stack = who != nullptr ? who->at->stack() : os::Stack{};
  const char* low = static_cast<const char*>(stack.base);
  const char* fault = static_cast<const char*>(info->si_addr);
  if (low != nullptr && fault < low && fault >= low - os::StackPool::Guard) {
    char text[256];
    const Label::Text name = who->shown_name();
    int n = ::snprintf(text, sizeof text, "weft: %s%s%s overflowed its stack of %zu KiB (stack_size makes it larger)\n",
                       who->green() ? "green thread '" : "a greenlet of thread '", name.data(), "'",
                       os::StackPool::asked_for(stack) / 1024);
    [[maybe_unused]] auto written = ::write(STDERR_FILENO, text, static_cast<std::size_t>(std::max(n, 0)));
  }
  ::signal(signal, SIG_DFL);
  // On return it happens again, and ends the process as it would have; but not if
  // somebody has sent it.
  if (info->si_code <= 0) ::raise(signal);
}

void take_signal() noexcept {
  struct sigaction action {};
  if (::sigaction(SIGSEGV, nullptr, &action) != 0) return;
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return;
  action = {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigaction(SIGSEGV, &action, nullptr);
}

}  // namespace

void catch_overflows() noexcept {
  static const int once = (take_signal(), 0);
  static_cast<void>(once);
  stack_t now{};
  if (::sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
  void* memory = ::mmap(nullptr, AlternateSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t mine{};
  mine.ss_sp = memory;
  mine.ss_size = AlternateSize;
  if (::sigaltstack(&mine, nullptr) == 0) {
    alternate = memory;
  } else {
    ::munmap(memory, AlternateSize);
  }
}

void release_overflows() noexcept {
  if (alternate == nullptr) return;
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
  ::munmap(alternate, AlternateSize);
  alternate = nullptr;
}

}  // namespace weft::wait
