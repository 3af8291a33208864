// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/descriptors.hpp"

#include <errno.h>

#include <algorithm>
#include <optional>

#include "os/bell.hpp"
#include "os/clock.hpp"
#include "os/poll.hpp"
#include "wait/stop_watch.hpp"
#include "wait/thread_waiter.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"

namespace weft::wait {

Outcome wait_ready(std::span<pollfd> descriptors, const Deadline& deadline, const Reason& reason) {
  Waiter& me = self();
  me.pass_door();
  int ready;
  do {  // a signal that comes meanwhile ends even a look that does not wait
    ready = os::poll(descriptors, 0);
  } while (ready == -EINTR);
  if (ready == 0 && !deadline.is_now()) {
    me.waits(reason, deadline);
    StopWatch watch(deadline, me);
    while (ready == 0 && !me.called_off(deadline) && !deadline.passed()) {
      ready = me.rest_on(descriptors, deadline.at());
      if (ready == -EINTR) ready = 0;
    }
    me.goes_on();
    me.pass_door();
  }
  if (ready > 0) return Outcome::Woken;
  if (ready < 0) throw OSError(-ready, "ppoll");
  if (!me.called_off(deadline)) return Outcome::TimedOut;
  me.take_interrupt();
  return Outcome::Interrupted;
}

int ThreadWaiter::rest_on(std::span<pollfd> descriptors, std::int64_t deadline) noexcept {
  if (rests_in_hub()) return rest_in_hub(descriptors, deadline);
  // Descriptors become ready in real time, also while a test holds the clock
  // still; what the clock ends there, move_clock rouses.
  if (os::TestClock::active()) deadline = os::Never;

  // A rouse() has to end the poll, so there is one descriptor more. Where none
  // is to be had, a rouse() is seen at the end of the sleep, 100 ms at most.
  constexpr std::int64_t Slice = 100'000'000;
  constexpr std::size_t Most = 8;
  pollfd all[Most + 1];
  std::optional<os::Bell> bell;
  if (descriptors.size() <= Most) bell.emplace();
  if (!bell || !*bell) {
    signal_.get_up();
    return os::poll(descriptors, std::min(deadline, os::now() + Slice));
  }
  std::copy(descriptors.begin(), descriptors.end(), all);
  all[descriptors.size()] = {bell->get(), POLLIN, 0};

  bell_ = &*bell;
  int ready = 0;
  if (signal_.lie_down(signal_.Polling)) {
    ready = os::poll({all, descriptors.size() + 1}, deadline);
    if (signal_.get_up() == signal_.Roused) {
      // Whoever roused us is about to ring, or has: the bell must not go before that.
      bell->wait_for_ring();
      if (ready > 0 && all[descriptors.size()].revents != 0) --ready;
    }
    std::copy_n(all, descriptors.size(), descriptors.begin());
  } else {
    signal_.get_up();
  }
  return ready;
}

}  // namespace weft::wait
