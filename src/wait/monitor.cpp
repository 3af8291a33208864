// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/monitor.hpp"

#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>

#include "os/clock.hpp"
#include "wait/hub.hpp"

namespace weft::wait {
namespace {

// The stack of the thread that was asked for it last, as it drew it itself.
struct Picture {
  std::array<void*, 64> frames{};
  int size = 0;
  std::atomic<bool> ready{false};
};
constinit Picture picture;

void draw(int) {
  int error = errno;
  picture.size = ::backtrace(picture.frames.data(), static_cast<int>(picture.frames.size()));
  picture.ready.store(true, std::memory_order_release);
  errno = error;
}

int drawing_signal() noexcept { return SIGRTMAX - 3; }

bool can_draw() noexcept {
  struct sigaction action {};
  if (::sigaction(drawing_signal(), nullptr, &action) != 0) return false;
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return false;
  void* warm[1];
  ::backtrace(warm, 1);  // loads what it needs now, and not in the handler
  action = {};
  action.sa_handler = draw;
  action.sa_flags = SA_RESTART;
  return ::sigaction(drawing_signal(), &action, nullptr) == 0;
}

std::string stack_of(int native_id) {
  picture.ready.store(false, std::memory_order_relaxed);
  if (::syscall(SYS_tgkill, ::getpid(), native_id, drawing_signal()) != 0) return {};
  for (int i = 0; i < 100 && !picture.ready.load(std::memory_order_acquire); ++i) ::usleep(1000);
  if (!picture.ready.load(std::memory_order_acquire)) return {};
  std::unique_ptr<char*, void (*)(void*)> lines(::backtrace_symbols(picture.frames.data(), picture.size), std::free);
  std::string text;
  for (int i = 2; lines && i < picture.size; ++i) text += "  " + std::string(lines.get()[i]) + "\n";  // not the handler
  return text;
}

double limit() noexcept {
  const char* set = std::getenv("WEFT_MAX_BLOCKING_TIME");
  double seconds = set != nullptr ? std::atof(set) : 0;
  return seconds > 0 ? seconds : 0.1;
}

void* watch(void*) {
  struct Turn {
    std::uint32_t switches;
    std::int64_t since;
    bool told;
  };
  const bool with_stack = can_draw();
  const auto most = static_cast<std::int64_t>(limit() * 1e9);
  std::unordered_map<const Hub*, Turn> turns;
  for (;;) {
    ::usleep(static_cast<useconds_t>(most / 4000));
    for (Hub* hub = Hub::first_of_all(); hub != nullptr; hub = hub->next_of_all) {
      const Waiter* who = hub->runs();
      const std::int64_t now = os::monotonic();
      Turn& turn = turns[hub];
      if (who == nullptr || !who->green() || turn.switches != hub->switches() || turn.since == 0) {
        turn = {hub->switches(), now, false};
      } else if (!turn.told && now - turn.since > most) {
        turn.told = true;
        char head[160];
        std::snprintf(head, sizeof head, "weft: green thread '%s' has held the hub of thread %d for %.3f s\n",
                      who->shown_name().data(), hub->native_id(), static_cast<double>(now - turn.since) / 1e9);
        std::string text = head;
        if (with_stack) text += stack_of(hub->native_id());
        [[maybe_unused]] auto written = ::write(STDERR_FILENO, text.data(), text.size());
      }
    }
  }
  return nullptr;
}

bool start() noexcept {
  const char* debug = std::getenv("WEFT_DEBUG");
  if (debug == nullptr || std::strcmp(debug, "1") != 0) return false;
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  bool started = ::pthread_create(&thread, nullptr, watch, nullptr) == 0;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (started) {
    ::pthread_setname_np(thread, "weft-monitor");
    ::pthread_detach(thread);
  }
  return started;
}

constinit std::atomic<pid_t> watched{0};  // the process that has the thread: a forked child has not

}  // namespace

void watch_hubs() noexcept {
  static const bool once = [] {
    if (start()) watched.store(::getpid(), std::memory_order_relaxed);
    return true;
  }();
  static_cast<void>(once);
}

bool hubs_are_watched() noexcept { return watched.load(std::memory_order_relaxed) == ::getpid(); }

}  // namespace weft::wait
