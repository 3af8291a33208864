// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// How long a sleeping thread takes to notice that an event was set: from just before set() to just after wait().
/// `Event` has set(), wait(), and reset(), which nobody calls while another one waits. Median of many; the kernel is
/// most of it.
///
///     setter_slept   setter and waiter share a core, and the setter was asleep before
///     setter_busy    the waiter sleeps on another core, which is idle; the setter worked before
template <class Event>
int event_main(int argc, char** argv) {
  Asked asked(argc, argv);
  bool slept = asked.for_column("setter_slept");
  if (!slept && !asked.for_column("setter_busy")) return NotOffered;
  constexpr long Pause = 60'000;  // ns: by then the waiter has stopped spinning, whoever it is
  int n = asked.times(1500);
  Event event;
  Alone<std::atomic<int>> waiting, woken;
  Alone<std::int64_t> set_at;
  std::vector<double> took;
  together(2, [&](int player) {
    stay_on_core(slept ? 0 : player);
    for (int i = 1; i <= n; ++i) {
      if (player == 0) {
        while (waiting.value.load() < i) sched_yield();
        if (slept) {
          sleep_ns(Pause);
        } else {
          for (std::int64_t until = now() + Pause; now() < until;) {
          }
        }
        set_at.value = now();
        event.set();
        while (woken.value.load() < i) sched_yield();
      } else {
        waiting.value.store(i);
        event.wait();
        took.push_back(static_cast<double>(now() - set_at.value));
        event.reset();
        woken.value.store(i);
      }
    }
  });
  return print(median(took));
}

}  // namespace bench
