// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// An update that gets lost, and its cure. counter += 1 is three steps: read,
// add, write. Here a barrier holds both threads between reading and writing, so
// that what happens rarely happens every time.

#include <weft/threading.hpp>

#include <atomic>
#include <cstdio>
#include <mutex>

using namespace weft::threading;

int main() {
  std::atomic<int> counter{0};
  Barrier both_have_read(2);
  auto unlocked = [&] {
    int seen = counter;
    both_have_read.wait();
    counter = seen + 1;
  };
  Thread a(unlocked), b(unlocked);
  for (Thread* thread : {&a, &b}) thread->start();
  for (Thread* thread : {&a, &b}) thread->join();
  std::printf("without a lock: 1 + 1 = %d\n", counter.load());

  Lock lock;
  int sum = 0;
  auto locked = [&] {
    for (int i = 0; i < 10000; ++i) {
      std::scoped_lock held(lock);
      sum += 1;
    }
  };
  Thread c(locked), d(locked);
  for (Thread* thread : {&c, &d}) thread->start();
  for (Thread* thread : {&c, &d}) thread->join();
  std::printf("with a lock: 10000 + 10000 = %d\n", sum);
}
