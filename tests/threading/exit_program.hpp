// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <time.h>
#include <unistd.h>

#include <cstring>

// For the programs that exit_test.cpp runs. They say what happens in one write
// each, which needs nothing that could be destroyed already.
inline void say(const char* line) {
  char text[128] = {};
  std::strncpy(text, line, sizeof text - 2);
  std::size_t length = std::strlen(text);
  text[length] = '\n';
  [[maybe_unused]] auto written = ::write(STDOUT_FILENO, text, length + 1);
}

// Says it when it is destroyed.
struct SaysGoodbye {
  explicit SaysGoodbye(const char* l) : line(l) {}
  ~SaysGoodbye() { say(line); }
  const char* line;
};

// For what cannot be waited for: that the process has gone on to its end.
inline void pause_ms(long milliseconds) {
  timespec pause{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  ::nanosleep(&pause, nullptr);
}
