// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// One name, a value of its own in each thread.

#include <weft/threading.hpp>

#include <cstdio>
#include <string>

using namespace weft::threading;

int main() {
  Local<std::string> user([] { return std::string("nobody"); });

  *user = "ada";
  Thread other([&] {
    std::printf("in the other thread: %s\n", user->c_str());
    *user = "grace";
    std::printf("in the other thread: %s\n", user->c_str());
  });
  other.start();
  other.join();
  std::printf("in the main thread: %s\n", user->c_str());
}
