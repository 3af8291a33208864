// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// A generator of 0, 1, 2, ...: make(n) makes one of n values, sum(g) adds up what it yields.
///
/// "next": ns for one value of a long one. "make": one of a single value, made, run to its end and dropped; ns.
template <class Make, class Sum>
int generator_main(int argc, char** argv, Make make, Sum sum) {
  Asked asked(argc, argv);
  if (asked.for_column("next")) {
    int n = asked.times(1e7);
    auto g = make(n);
    std::int64_t begin = now();
    std::int64_t found = sum(g);
    double ns = static_cast<double>(now() - begin) / n;
    return found == std::int64_t{n} * (n - 1) / 2 ? print(ns) : 1;
  }
  if (asked.for_column("make")) {
    int n = asked.times(2e6);
    std::int64_t found = 0;
    auto once = [&] {
      auto g = make(1);
      found += sum(g) + 1;
    };
    for (int i = 0; i < 1000; ++i) once();
    std::int64_t begin = now();
    for (int i = 0; i < n; ++i) once();
    double ns = static_cast<double>(now() - begin) / n;
    return found == n + 1000 ? print(ns) : 1;
  }
  return NotOffered;
}

}  // namespace bench
