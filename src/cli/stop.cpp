// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/stop.hpp"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr int Signals[] = {SIGINT, SIGTERM, SIGHUP};
std::atomic<Stop*> current{nullptr};

void on_signal(int signal) {
  int error = errno;
  if (Stop* stop = current.load()) stop->request({Reason::Signal, signal});
  errno = error;
}

bool is_pipe_or_socket(int fd) {
  struct stat s;
  return ::fstat(fd, &s) == 0 && (S_ISFIFO(s.st_mode) || S_ISSOCK(s.st_mode));
}

}  // namespace

Stop::Stop() : output_can_close_(is_pipe_or_socket(STDOUT_FILENO)), ready_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  static_assert(std::atomic<Reason>::is_always_lock_free);
  if (ready_ < 0) throw OSError(errno, "eventfd");
  current = this;
  ::signal(SIGPIPE, SIG_IGN);
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
  ::close(ready_);
}

bool Stop::request(Reason reason) noexcept {
  Reason none{};
  if (!reason_.compare_exchange_strong(none, reason, std::memory_order_acq_rel)) return false;
  ::eventfd_write(ready_, 1);
  return true;
}

void Stop::watch(pollfd* two) const noexcept {
  two[0] = {ready_, POLLIN, 0};
  two[1] = {output_can_close_ ? STDOUT_FILENO : -1, 0, 0};  // POLLERR comes unasked
}

void Stop::noticed(const pollfd* two) noexcept {
  if ((two[1].revents & (POLLERR | POLLHUP)) != 0) request({Reason::OutputClosed, 0});
}

}  // namespace weft::cli
