// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A ThreadPool that is a static goes when main() has ended, and waits for nobody.
#include "exit_program.hpp"
#include "weft/multiprocessing.hpp"
#include "weft/threading.hpp"

using weft::multiprocessing::ThreadPool;

namespace {

SaysGoodbye made_early("static destroyed");

struct UsesOneAtTheEnd {
  ~UsesOneAtTheEnd() {
    ThreadPool late(2);
    if (late.map([](int i) { return i; }, std::vector<int>(100, 1)).size() == 100) say("late map");
  }
} uses_one_at_the_end;

weft::threading::Event never, waits;

ThreadPool& pool() {
  static ThreadPool pool(3);
  return pool;
}

}  // namespace

int main() {
  pool().map([](int i) { return i; }, std::vector<int>(100));
  pool().apply_async([] {
    waits.set();
    never.wait();
  });
  waits.wait();
  say("end of main");
}
