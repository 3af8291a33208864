// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The other kind: a coroutine, which yields from its own body only.
#include <weft/generator.hpp>

#include "workload.hpp"

static weft::Generator<int> count(int n) {
  for (int i = 0; i < n; ++i) co_yield i;
}

int main(int argc, char** argv) {
  return bench::generator_main(argc, argv, count, [](auto& numbers) {
    std::int64_t sum = 0;
    for (int i : numbers) sum += i;
    return sum;
  });
}
