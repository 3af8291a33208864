// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // in Boost, as gcc sees it
#include <boost/context/pooled_fixedsize_stack.hpp>
#include <boost/coroutine2/coroutine.hpp>

#include "workload.hpp"

using Coroutine = boost::coroutines2::coroutine<int>;

int main(int argc, char** argv) {
  static boost::context::pooled_fixedsize_stack stacks(64 * 1024);
  return bench::generator_main(
      argc, argv,
      [](int n) {
        return Coroutine::pull_type(stacks, [n](Coroutine::push_type& yield) {
          for (int i = 0; i < n; ++i) yield(i);
        });
      },
      [](auto& numbers) {
        std::int64_t sum = 0;
        for (int i : numbers) sum += i;
        return sum;
      });
}
