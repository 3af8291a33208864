// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/stop.hpp"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>

#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr int Signals[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP};
std::atomic<Stop*> current{nullptr};

}  // namespace

void Stop::on_signal(int signal) {
  int error = errno;
  Stop* stop = current.load();
  if (stop != nullptr && signal == SIGTSTP) {
    stop->pause_ = true;
    ::eventfd_write(stop->fd(), 1);
  } else if (stop != nullptr) {
    stop->request({Reason::Signal, signal});
  }
  errno = error;
}

Stop::Stop() : ready_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  static_assert(std::atomic<Reason>::is_always_lock_free);
  if (!ready_) throw OSError(errno, "eventfd");
  current = this;
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  ::signal(SIGCHLD, SIG_DFL);  // ignored, as it may be inherited, the kernel throws away how our commands ended
  for (int signal : Signals) {
    struct sigaction action {};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;  // nohup, or a shell's background job
    action = {};
    action.sa_handler = on_signal;
    ::sigaction(signal, &action, nullptr);
  }
}

Stop::~Stop() {
  for (int signal : Signals) {
    struct sigaction action {};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler == on_signal) ::signal(signal, SIG_IGN);  // too late to matter
  }
  current = nullptr;
}

void Stop::suspend() noexcept {
  struct sigaction ours {
  }, usual{};
  usual.sa_handler = SIG_DFL;
  ::sigaction(SIGTSTP, &usual, &ours);
  ::raise(SIGTSTP);  // the kernel leaves out a group that no shell looks after
  ::sigaction(SIGTSTP, &ours, nullptr);
}

bool Stop::request(Reason reason) noexcept {
  Reason none{};
  if (!reason_.compare_exchange_strong(none, reason, std::memory_order_acq_rel)) return false;
  ::eventfd_write(ready_.get(), 1);
  return true;
}

bool Stop::take_pause() noexcept {
  if (!pause_.exchange(false)) return false;
  eventfd_t count;
  if (!requested()) ::eventfd_read(ready_.get(), &count);
  return true;
}

}  // namespace weft::cli
