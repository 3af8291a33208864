// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A generator that is told something each time it is asked: a running average.

#include <weft/generator.hpp>

#include <cstdio>

using weft::Generator;

Generator<double, double> averages() {
  double sum = 0, average = 0;
  for (int n = 1;; ++n) {
    sum += co_yield average;
    average = sum / n;
  }
}

int main() {
  auto average = averages();
  average.next();  // to its first yield
  for (double x : {10.0, 20.0, 60.0}) std::printf("after %.0f: %.1f\n", x, *average.send(x));
  average.close();
}
