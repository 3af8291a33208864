// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/generator.hpp>

#include "workload.hpp"

int main(int argc, char** argv) {
  return bench::generator_main(
      argc, argv,
      [](int n) {
        return weft::Generator<int>([n](auto& yield) {
          for (int i = 0; i < n; ++i) yield(i);
        });
      },
      [](auto& numbers) {
        std::int64_t sum = 0;
        for (int i : numbers) sum += i;
        return sum;
      });
}
