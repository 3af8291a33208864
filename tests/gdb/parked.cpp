// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Green threads that wait, for gdb to be looked at: see gdb_test.py.
#include <weft/generator.hpp>
#include <weft/gevent.hpp>
#include <weft/queue.hpp>
#include <weft/threading.hpp>

using namespace weft;

threading::Lock lock;
queue::Queue<int> jobs({.name = "jobs"});

[[gnu::noinline]] int waits_for_the_lock(int depth) {  // NOLINT(misc-no-recursion)
  if (depth == 0) {
    lock.acquire();
    lock.release();
    return 0;
  }
  int below = waits_for_the_lock(depth - 1);
  asm volatile("");
  return below + 1;
}

[[gnu::noinline]] void waits_for_a_job() {
  jobs.get();
  asm volatile("");
}

[[gnu::noinline]] void waits_in_a_generator() {
  Generator<int> numbers([](auto& yield) {
    waits_for_a_job();
    yield(1);
  });
  numbers.next();
  asm volatile("");
}

extern "C" [[gnu::noinline]] void stop_here() { asm volatile(""); }

int main() {
  lock.acquire();
  auto deep = gevent::spawn({.name = "deep"}, [] { waits_for_the_lock(3); });
  auto reader = gevent::spawn({.name = "reader"}, waits_for_a_job);
  auto inside = gevent::spawn(waits_in_a_generator);
  for (int i = 0; i < 10; ++i) gevent::sleep();
  auto fresh = gevent::spawn({.name = "fresh"}, [] {});  // not begun
  stop_here();
  lock.release();
  jobs.put(1);
  jobs.put(2);
  gevent::joinall({deep, reader, inside, fresh});
}
