// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/threading/event.hpp>

#include "workload.hpp"

struct Event {
  weft::threading::Event event;

  void set() { event.set(); }
  void wait() { event.wait(); }
  void reset() { event.clear(); }
};

int main(int argc, char** argv) { return bench::event_main<Event>(argc, argv); }
