// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A call that comes later, and one that is called off in time.

#include <weft/threading.hpp>

#include <cstdio>

using namespace weft::threading;

int main() {
  Timer reminder(
      0.02, [](const char* what) { std::printf("remember the %s\n", what); }, "tea");
  Timer alarm(3600, [] { std::puts("never printed"); });
  reminder.start();
  alarm.start();
  alarm.cancel();
  alarm.join();
  std::puts("the alarm is off");
  reminder.join();
}
