// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/greenlet.hpp>

#include "workload.hpp"

class Other {
 public:
  template <class F>
  explicit Other(F f) : main_(weft::greenlet::getcurrent<void>()), other_([this, f] { f(*this); }) {}
  void enter() { other_.switch_to(); }
  void leave() { main_.switch_to(); }

 private:
  weft::greenlet::greenlet<void> main_, other_;
};

int main(int argc, char** argv) { return bench::green_switch_main<Other>(argc, argv); }
