// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/lot.hpp"
#include "wait/place.hpp"
#include "wait/roll.hpp"
#include "wait/stop_watch.hpp"
#include "wait/thread_waiter.hpp"
#include "wait/waiter.hpp"
#include "weft/detail/self.hpp"

namespace weft::wait {

Outcome InProcess::wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, const Deadline& deadline,
                        const Reason& reason) noexcept {
  Waiter& me = wait::self();
  me.pass_door();
  if (deadline.is_now()) {
    return word.load(std::memory_order_acquire) == expected ? Outcome::TimedOut : Outcome::Changed;
  }
  if (!lot().park(me, word, expected)) return Outcome::Changed;
  me.waits(reason, deadline);
  Outcome outcome = Outcome::Woken;
  {
    StopWatch watch(deadline, me);
    for (std::int64_t until = deadline.at(); !Lot::is_woken(me); rest_and_read(me, until, &word)) {
      bool interrupted = me.called_off(deadline);
      if (!interrupted && !deadline.passed()) continue;
      if (lot().leave(me)) {
        outcome = interrupted ? Outcome::Interrupted : Outcome::TimedOut;
        if (interrupted) me.take_interrupt();
        break;
      }
      until = os::Never;  // a waker has taken us out, and is about to rouse us
    }
  }
  me.goes_on();
  if (me.is_turned_away()) {
    if (outcome == Outcome::Woken) lot().wake(word, 1);  // it will not come back: the wake is for the next one
    me.pass_door();
  }
  return outcome;
}

int InProcess::wake(const Atomic<std::uint32_t>& word, int n) noexcept { return lot().wake(word, n); }
bool InProcess::spin(unsigned round, Coming coming) noexcept { return wait::self().spin(round, coming); }
std::uint32_t InProcess::self() noexcept { return detail::self(); }
bool InProcess::lost(std::uint32_t id) noexcept { return roll().lost(id); }

}  // namespace weft::wait
