// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What has assembly in it, on aarch64: contexts, and what stands on them. Run by
// run.sh under qemu; ends with 0 if all is well. It needs no test library, which
// nobody has for another machine.
#include <weft/weft.hpp>

#include <cfenv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

int failures = 0;

void check(bool holds, const char* what) {
  std::printf("%s: %s\n", holds ? "ok" : "FAILED", what);
  failures += !holds;
}

using weft::greenlet::getcurrent, weft::greenlet::greenlet;

// More values are alive across a switch than there are registers that a call keeps.
template <class Go>
[[gnu::noinline]] double keeps(std::uint64_t seed, Go go) {
  std::uint64_t n[14];
  double d[12];
  for (std::size_t i = 0; i < 14; ++i) n[i] = seed * (i + 1);
  for (std::size_t i = 0; i < 12; ++i) d[i] = static_cast<double>(seed) / static_cast<double>(i + 1);
  for (int round = 0; round < 100; ++round) {
    go();
    for (auto& x : n) x = x * 3 + 1;
    for (auto& x : d) x = x * 0.5 + 1;
  }
  double sum = 0;
  for (auto x : n) sum += static_cast<double>(x % 1000);
  for (auto x : d) sum += x;
  return sum;
}

void registers() {
  double there = 0;
  greenlet<void> other([&] {
    there = keeps(11, [] { getcurrent<void>().parent().switch_to(); });
    for (;;) getcurrent<void>().parent().switch_to();
  });
  bool same = keeps(7, [&] { other.switch_to(); }) == keeps(7, [] {});
  other.switch_to();
  check(same && there == keeps(11, [] {}), "registers are kept, whole numbers and others");
}

void alignment() {
  std::uintptr_t off = 1;
  greenlet<void> other([&] {
    struct alignas(16) {
      volatile double parts[2];
    } v{};
    off = reinterpret_cast<std::uintptr_t>(&v) % 16;
    char text[64];
    std::snprintf(text, sizeof text, "%.3f %Lf", 1.5, 2.5L);
    if (std::string(text) != "1.500 2.500000") off = 1;
  });
  other.switch_to();
  check(off == 0, "a stack is aligned");
}

void rounding() {
  bool there = false;
  greenlet<void> other([&] {
    there = std::fegetround() == FE_TONEAREST;
    std::fesetround(FE_UPWARD);
    getcurrent<void>().parent().switch_to();
    there = there && std::fegetround() == FE_UPWARD;
  });
  std::fesetround(FE_DOWNWARD);
  other.switch_to();
  bool here = std::fegetround() == FE_DOWNWARD;
  std::fesetround(FE_TONEAREST);
  other.switch_to();
  check(here && there && std::fegetround() == FE_TONEAREST, "each has its own rounding mode");
}

void exceptions() {
  std::string seen;
  auto body = [&](const char* name) {
    try {
      throw std::runtime_error(name);
    } catch (const std::exception& e) {
      getcurrent<void>().parent().switch_to();
      seen += e.what();
      try {
        throw;
      } catch (const std::runtime_error& again) {
        getcurrent<void>().parent().switch_to();
        seen += again.what();
      }
    }
  };
  greenlet<void> a([&] { body("a"); }), b([&] { body("b"); });
  for (int i = 0; i < 3; ++i) {
    a.switch_to();
    b.switch_to();
  }
  check(seen == "abab" && a.dead() && b.dead(), "each handles its own exceptions");

  bool unwound = false;
  struct Notes {
    ~Notes() { unwound = true; }
    bool& unwound;
  };
  {
    greenlet<void> dropped([&] {
      Notes notes{unwound};
      getcurrent<void>().parent().switch_to();
    });
    dropped.switch_to();
  }
  check(unwound, "one that is dropped is unwound");
}

weft::Generator<int> count(int n) {
  for (int i = 0; i < n; ++i) co_yield i;
}

void generators() {
  std::int64_t sum = 0;
  weft::Generator<int> numbers([](auto& yield) {
    for (int i = 0; i < 500'000; ++i) yield(i);
  });
  for (int i : numbers) sum += i;
  for (int i : count(1000)) sum += i;
  check(sum == 124'999'750'000 + 499'500, "a million switches, by generators");
}

void green_threads() {
  weft::queue::Queue<int> queue(4);
  std::int64_t sum = 0;
  auto reader = weft::gevent::spawn([&] {
    for (int i : queue) sum += i;
  });
  auto writer = weft::gevent::spawn([&] {
    for (int i = 0; i < 1000; ++i) queue.put(i);
    queue.shutdown();
  });
  weft::gevent::joinall({reader, writer});
  check(sum == 499'500, "green threads wait for one another");

  std::int64_t from_thread = 0;
  weft::queue::Queue<int> between(4);
  weft::threading::Thread thread([&] {
    for (int i = 0; i < 1000; ++i) between.put(i);
    between.shutdown();
  });
  thread.start();
  weft::gevent::spawn([&] {
    for (int i : between) from_thread += i;
  }).join();
  thread.join();
  check(from_thread == 499'500, "and for a thread");
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  registers();
  alignment();
  rounding();
  exceptions();
  generators();
  green_threads();
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
