// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <errno.h>

#include <algorithm>

#include "wait/place.hpp"
#include "wait/stop_watch.hpp"
#include "wait/waiter.hpp"
#include "weft/detail/self.hpp"

namespace weft::wait {
namespace {

// Whoever should wake us can be killed between the store that frees the word
// and the wake that should follow, so we look again this often.
constexpr std::int64_t Recheck = 100'000'000;

}  // namespace

Outcome InShared::wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, const Deadline& deadline,
                       const Reason& reason) noexcept {
  Waiter& me = wait::self();
  me.pass_door();
  if (word.load(std::memory_order_acquire) != expected) return Outcome::Changed;
  if (deadline.is_now()) return Outcome::TimedOut;

  me.waits(reason, deadline);
  int error = EINTR;
  {
    StopWatch watch(deadline, me);
    if (!me.called_off(deadline)) {
      std::int64_t recheck = os::monotonic() + Recheck;
      error = me.rest_on(word, expected, os::TestClock::active() ? recheck : std::min(deadline.at(), recheck));
    }
  }
  me.goes_on();
  me.pass_door();
  if (error == 0) return Outcome::Woken;  // interrupted as well: then the next wait is
  if (me.called_off(deadline)) {
    me.take_interrupt();
    return Outcome::Interrupted;
  }
  // EAGAIN may also come of a rouse() just before the sleep.
  if (error == EAGAIN && word.load(std::memory_order_acquire) != expected) return Outcome::Changed;
  return error == ETIMEDOUT && deadline.passed() ? Outcome::TimedOut : Outcome::Woken;
}

int InShared::wake(const Atomic<std::uint32_t>& word, int n) noexcept {
  return os::futex_wake(word, n, os::Scope::Shared);
}

bool InShared::spin(unsigned round, Coming coming) noexcept { return wait::self().spin(round, coming); }

// A thread of any process, by the number that the kernel gives it.
std::uint32_t InShared::self() noexcept { return static_cast<std::uint32_t>(wait::self().native_id()); }

}  // namespace weft::wait
