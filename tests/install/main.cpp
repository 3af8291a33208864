// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What a program needs of an installed weft: its headers, its functions, a
// thread that is waited for, and exceptions that can be caught by their type
// although this file is compiled with hidden visibility.

#include <weft/weft.hpp>

#include <cstdio>
#include <cstring>
#include <mutex>

static_assert(WEFT_VERSION_MAJOR >= 0);

int main() {
  weft::threading::Lock lock;
  int counter = 0;
  weft::threading::Thread thread([&] {
    std::scoped_lock held(lock);
    ++counter;
  });
  thread.start();
  thread.join();

  bool caught = false;
  try {
    lock.release();
  } catch (const weft::RuntimeError& error) {
    caught = std::strcmp(error.what(), "release unlocked lock") == 0;
  }
  std::puts(counter == 1 && caught ? "weft works" : "weft does not work");
  return counter == 1 && caught ? 0 : 1;
}
