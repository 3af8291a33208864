// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "workload.hpp"

struct Event {
  std::atomic<int> word{0};

  void set() {
    word.store(1);
    word.notify_all();
  }
  void wait() { word.wait(0); }
  void reset() { word.store(0); }
};

int main(int argc, char** argv) { return bench::event_main<Event>(argc, argv); }
