// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

/// What the workloads share: the clock, threads that start together, and the way a result is printed.
///
/// A competitor is a program that takes the name of a column and prints one number. A second number, named, may
/// follow it on a line of its own.
namespace bench {

inline std::int64_t now() noexcept {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

inline void sleep_ns(long ns) noexcept {
  timespec t{ns / 1'000'000'000, ns % 1'000'000'000};
  nanosleep(&t, nullptr);
}

/// Keeps the compiler from removing what led to `value`.
template <class T>
void keep(T& value) noexcept {
  asm volatile("" : "+m"(value) : : "memory");
}

/// About 30 ns of work that nobody else sees.
inline void outside() noexcept {
  for (int i = 0; i < 100; ++i) asm volatile("" : "+r"(i));
}

/// Something that stands alone: no other data shares its cache lines.
template <class T>
struct alignas(128) Alone {
  T value{};
};

/// Ties this thread to the i-th of the cores that the process may use (there may be fewer).
inline void stay_on_core(int i) {
  cpu_set_t allowed, one;
  sched_getaffinity(0, sizeof allowed, &allowed);
  i %= CPU_COUNT(&allowed);
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &allowed) || i-- > 0) continue;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    sched_setaffinity(0, sizeof one, &one);
    return;
  }
}

/// Where threads gather, so that all are there before the first one starts.
class Gate {
 public:
  explicit Gate(int expected) : missing_(expected) {}

  /// Waits for all the others; returns the moment at which this thread left.
  std::int64_t pass() noexcept {
    missing_.fetch_sub(1);
    while (!is_open()) sched_yield();
    return now();
  }

  bool is_open() const noexcept { return missing_.load() <= 0; }

 private:
  std::atomic<int> missing_;
};

struct Span {
  std::int64_t begin, end;
};

/// From the first one's own start to the last one's end. (Taken on the main thread the start would come late, and
/// flatter what is fast: the workers may be half done by then.)
inline double length(const std::vector<Span>& spans) {
  auto first = std::min_element(spans.begin(), spans.end(), [](Span a, Span b) { return a.begin < b.begin; });
  auto last = std::max_element(spans.begin(), spans.end(), [](Span a, Span b) { return a.end < b.end; });
  return static_cast<double>(last->end - first->begin);
}

/// Runs body(i) on n threads at once; returns the ns that it took.
template <class Body>
double together(int n, Body body) {
  Gate gate(n);
  std::vector<Span> spans(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&, i] {
      std::int64_t begin = gate.pass();
      body(i);
      spans[i] = {begin, now()};
    });
  }
  for (std::thread& thread : threads) thread.join();
  return length(spans);
}

/// How often n threads together did something.
struct Rate {
  double ns;     ///< for one turn, counting the turns of all threads
  double share;  ///< turns of the slowest thread over those of the fastest: 1 is perfectly fair
};

/// Lets n threads repeat step() for so many ms.
template <class Step>
Rate repeat(int n, double ms, Step step) {
  Alone<std::atomic<bool>> stop;
  std::atomic<std::int64_t> end{0};
  Gate gate(n);
  std::vector<Span> spans(n);
  std::vector<std::int64_t> turns(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&, i] {
      std::int64_t begin = gate.pass(), count = 0;
      for (; !stop.value.load(std::memory_order_relaxed); ++count) step();
      spans[i] = {begin, end.load()};
      turns[i] = count;
    });
  }
  while (!gate.is_open()) sleep_ns(100'000);
  sleep_ns(static_cast<long>(ms * 1e6));
  end = now();
  stop.value = true;
  for (std::thread& thread : threads) thread.join();
  std::int64_t all = 0;
  for (std::int64_t each : turns) all += each;
  auto [least, most] = std::minmax_element(turns.begin(), turns.end());
  return {length(spans) / static_cast<double>(all), static_cast<double>(*least) / static_cast<double>(*most)};
}

inline double median(std::vector<double> values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// What the runner asked for: a column, how much of the usual work (1 is all of it), and how many workers.
class Asked {
 public:
  Asked(int argc, char** argv)
      : column_(argc > 1 ? argv[1] : ""),
        scale_(argc > 2 ? std::strtod(argv[2], nullptr) : 1.0),
        workers_(argc > 3 ? std::atoi(argv[3]) : 2) {}

  bool for_column(std::string_view name) const { return column_ == name; }
  int times(double usual) const { return std::max(1, static_cast<int>(usual * scale_)); }
  double ms(double usual) const { return std::max(1.0, usual * scale_); }
  int workers() const { return workers_; }

 private:
  std::string_view column_;
  double scale_;
  int workers_;
};

inline int print(double ns) {
  std::printf("%.3f\n", ns);
  return 0;
}

inline int print(Rate rate) {
  std::printf("%.3f\nshare %.3f\n", rate.ns, rate.share);
  return 0;
}

/// The exit status of a competitor that does not have the column.
inline constexpr int NotOffered = 64;

}  // namespace bench
