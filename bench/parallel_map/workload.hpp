// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <complex>

#include "../measure.hpp"

/// out[i] = f(in[i]) on two workers or as many as asked for; ns for each item.
///
/// A competitor gives a class made from a number of workers, with map(f, in, out): vectors of the same size.
///
///     roots_1e6      a million items; f is three complex square roots, one of the other
///     roots_1000     a thousand of them: what handing them out costs, the median of 200 maps in a row
///     numbers_1e6    a million ints; f is 3x + 1, which memory bounds
namespace bench {

using Complex = std::complex<double>;
inline Complex roots(Complex x) { return std::sqrt(std::sqrt(std::sqrt(x))); }

template <class T, class F, class Map>
double one_map(Map& map, F f, int items, int times) {
  std::vector<T> in(items), out(items);
  for (int i = 0; i < items; ++i) in[i] = T(i);
  std::vector<double> each;
  for (int i = 0; i < times; ++i) {
    std::int64_t begin = now();
    map.map(f, in, out);
    each.push_back(static_cast<double>(now() - begin) / items);
  }
  for (int i = 0; i < items; ++i) {
    if (out[i] != f(in[i])) return -1;
  }
  return median(each);
}

template <class Map>
int map_main(int argc, char** argv) {
  Asked asked(argc, argv);
  double took;
  if (asked.for_column("roots_1e6")) {
    Map map(asked.workers());
    took = one_map<Complex>(map, roots, 1'000'000, asked.times(7));
  } else if (asked.for_column("roots_1000")) {
    Map map(asked.workers());
    took = one_map<Complex>(map, roots, 1000, asked.times(200));
  } else if (asked.for_column("numbers_1e6")) {
    Map map(asked.workers());
    took = one_map<int>(
        map, [](int x) { return 3 * x + 1; }, 1'000'000, asked.times(20));
  } else {
    return NotOffered;
  }
  return took < 0 ? 1 : print(took);
}

}  // namespace bench
