// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A waiter that sleeps until a dish is ready, and a cook who says when.

#include <weft/threading.hpp>

#include <cstdio>
#include <deque>
#include <mutex>
#include <string>

using namespace weft::threading;

int main() {
  Condition changed;
  std::deque<std::string> dishes;

  Thread waiter([&] {
    for (int served = 0; served < 3; ++served) {
      std::scoped_lock held(changed);
      changed.wait_for([&] { return !dishes.empty(); });
      std::printf("served: %s\n", dishes.front().c_str());
      dishes.pop_front();
    }
  });
  waiter.start();

  for (const char* dish : {"soup", "noodles", "tea"}) {
    std::scoped_lock held(changed);
    dishes.emplace_back(dish);
    changed.notify();
  }
  waiter.join();
}
