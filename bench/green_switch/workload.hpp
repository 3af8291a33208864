// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// One flow of control beside the program's own. Other(f) will run f(other); enter() goes there, and leave() comes
/// back from inside.
///
/// "switch": in and out, again and again; ns for one way. "make": one made anew, entered, ended and dropped; ns.
template <class Other>
int green_switch_main(int argc, char** argv) {
  Asked asked(argc, argv);
  if (asked.for_column("switch")) {
    int n = asked.times(2e7);
    bool stop = false;
    Other other([&stop](Other& me) {
      while (!stop) me.leave();
    });
    for (int i = 0; i < 1000; ++i) other.enter();
    std::int64_t begin = now();
    for (int i = 0; i < n; ++i) other.enter();
    double ns = static_cast<double>(now() - begin) / (2.0 * n);
    stop = true;
    other.enter();
    return print(ns);
  }
  if (asked.for_column("make")) {
    int n = asked.times(2e6), ran = 0;
    auto once = [&ran] {
      Other other([&ran](Other&) { ++ran; });
      other.enter();
    };
    for (int i = 0; i < 1000; ++i) once();
    std::int64_t begin = now();
    for (int i = 0; i < n; ++i) once();
    double ns = static_cast<double>(now() - begin) / n;
    return ran == n + 1000 ? print(ns) : 1;
  }
  return NotOffered;
}

}  // namespace bench
