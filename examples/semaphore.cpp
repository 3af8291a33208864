// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Twenty guests, five chairs: never more than five sit at once.

#include <weft/threading.hpp>

#include <cstdio>
#include <mutex>
#include <vector>

using namespace weft::threading;

int main() {
  BoundedSemaphore chairs(5);
  Lock lock;
  int sitting = 0, most = 0, served = 0;

  std::vector<Thread> guests;
  for (int i = 0; i < 20; ++i) {
    guests.emplace_back([&] {
      std::scoped_lock chair(chairs);
      {
        std::scoped_lock held(lock);
        most = std::max(most, ++sitting);
      }
      std::scoped_lock held(lock);
      --sitting;
      ++served;
    });
    guests.back().start();
  }
  for (Thread& guest : guests) guest.join();
  std::printf("%d guests served, never more than five at once: %s\n", served, most <= 5 ? "true" : "false");

  try {
    chairs.release();
  } catch (const weft::ValueError& error) {
    std::printf("one release too many: %s\n", error.what());
  }
}
