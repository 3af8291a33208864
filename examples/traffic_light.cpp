// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Cars that wait at a red light: an Event that one thread sets and clears.

#include <weft/threading.hpp>

#include <cstdio>
#include <vector>

using namespace weft::threading;

int main() {
  Event green;
  Semaphore arrived(0);
  std::puts("the light is red");

  std::vector<Thread> cars;
  for (int i = 0; i < 3; ++i) {
    cars.emplace_back([&] {
      arrived.release();
      green.wait();
    });
    cars.back().start();
  }
  for (int i = 0; i < 3; ++i) arrived.acquire();
  std::printf("after 10 ms it is still red: %s\n", green.wait(0.01) ? "false" : "true");

  std::puts("the light turns green");
  green.set();
  for (Thread& car : cars) car.join();
  std::puts("3 cars have passed");
}
