// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <vector>

#include "../measure.hpp"

namespace bench {

inline double cpu_seconds() noexcept {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

inline double resident_bytes() noexcept {
  long pages = 0, resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file != nullptr) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Green threads on one OS thread. All in ns, but for "parked", which is bytes. What a competitor has not, it leaves
/// out.
///
/// "yield": two take turns; one turn. "spawn_one": spawn and join, one at a time. "spawn_batch": a thousand, then all
/// are joined; each. "event" and "queue": there and back between two. "lock": taken and given back, uncontended.
/// "timers": 100,000 that sleep between 0.1 and 0.6 s; CPU time of each. "parked": 100,000 that wait for one event;
/// resident memory of each.
template <class Green>
int green_main(int argc, char** argv) {
  Asked asked(argc, argv);
  using Many = typename Green::Many;
  auto timed = [](auto f) {
    std::int64_t begin = now();
    f();
    return static_cast<double>(now() - begin);
  };
  if constexpr (requires { Green::yield(); }) {
    if (asked.for_column("yield")) {
      int n = asked.times(5e6);
      return print(timed([&] {
                     Many two;
                     for (int k = 0; k < 2; ++k) {
                       Green::start(two, [n] {
                         for (int i = 0; i < n; ++i) Green::yield();
                       });
                     }
                     Green::join(two);
                   }) /
                   (2.0 * n));
    }
  }
  if (asked.for_column("spawn_one")) {
    int n = asked.times(5e5);
    return print(timed([&] {
                   for (int i = 0; i < n; ++i) {
                     Many one;
                     Green::start(one, [] {});
                     Green::join(one);
                   }
                 }) /
                 n);
  }
  if (asked.for_column("spawn_batch")) {
    int n = asked.times(1000);
    return print(timed([&] {
                   for (int i = 0; i < n; ++i) {
                     Many all;
                     for (int k = 0; k < 1000; ++k) Green::start(all, [] {});
                     Green::join(all);
                   }
                 }) /
                 (1000.0 * n));
  }
  if (asked.for_column("event")) {
    int n = asked.times(1e6);
    typename Green::Event ping, pong;
    return print(timed([&] {
                   Many two;
                   Green::start(two, [&, n] {
                     for (int i = 0; i < n; ++i) {
                       ping.wait();
                       pong.set();
                     }
                   });
                   Green::start(two, [&, n] {
                     for (int i = 0; i < n; ++i) {
                       ping.set();
                       pong.wait();
                     }
                   });
                   Green::join(two);
                 }) /
                 n);
  }
  if constexpr (requires { typename Green::Queue; }) {
    if (asked.for_column("queue")) {
      int n = asked.times(1e6);
      typename Green::Queue there, back;
      return print(timed([&] {
                     Many two;
                     Green::start(two, [&, n] {
                       for (int i = 0; i < n; ++i) back.put(there.get());
                     });
                     Green::start(two, [&, n] {
                       for (int i = 0; i < n; ++i) {
                         there.put(i);
                         back.get();
                       }
                     });
                     Green::join(two);
                   }) /
                   n);
    }
  }
  if constexpr (requires { typename Green::Lock; }) {
    if (asked.for_column("lock")) {
      int n = asked.times(2e7);
      typename Green::Lock lock;
      double ns = 0;
      Many one;
      Green::start(one, [&, n] {
        ns = timed([&] {
          for (int i = 0; i < n; ++i) {
            lock.lock();
            lock.unlock();
          }
        });
      });
      Green::join(one);
      return print(ns / n);
    }
  }
  if (asked.for_column("timers")) {
    constexpr int N = 100'000;
    double before = cpu_seconds();
    Many all;
    for (int i = 0; i < N; ++i) {
      Green::start(all, [i] { Green::sleep(0.1 + static_cast<double>(i * 7919L % N) / N / 2); });
    }
    Green::join(all);
    return print((cpu_seconds() - before) / N * 1e9);
  }
  if constexpr (requires(typename Green::Event event) { event.wait_only(); }) {
    if (asked.for_column("parked")) {
      constexpr int N = 100'000;
      struct {
        typename Green::Event event;
        int waiting = 0;
      } gate;
      Many all;
      all.reserve(N);
      double before = resident_bytes();
      for (int i = 0; i < N; ++i) {
        Green::start(all, [&gate] {  // one pointer, for which no callable needs memory of its own
          ++gate.waiting;
          gate.event.wait_only();
        });
      }
      Many last;
      Green::start(last, [] {});
      Green::join(last);
      bool all_wait = gate.waiting == N;
      double bytes = (resident_bytes() - before) / N;
      gate.event.set();
      Green::join(all);
      return all_wait ? print(bytes) : 1;
    }
  }
  return NotOffered;
}

}  // namespace bench
