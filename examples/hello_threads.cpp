// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Two threads that run a function with an argument each.

#include <weft/threading.hpp>

#include <cstdio>
#include <string>

using namespace weft::threading;

void say_hi(const std::string& who) {
  std::printf("hi from %s, in %s\n", who.c_str(), current_thread().name().c_str());
}

int main() {
  Thread first(say_hi, std::tuple("the first"), {.name = "reader"});
  Thread second(say_hi, std::tuple("the second"), {.name = "writer"});

  first.start();
  first.join();
  second.start();
  second.join();
  std::printf("%d thread is left: %s\n", active_count(), current_thread().name().c_str());
}
