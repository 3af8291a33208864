// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/threading/condition.hpp>

#include "workload.hpp"

struct Monitor {
  weft::threading::Lock own;
  weft::threading::Condition condition{own};

  void lock() { own.lock(); }
  void unlock() { own.unlock(); }
  void wait() { condition.wait(); }
  void notify() { condition.notify(); }
};

int main(int argc, char** argv) { return bench::condition_main<Monitor>(argc, argv); }
