// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <boost/context/fiber.hpp>
#include <boost/context/pooled_fixedsize_stack.hpp>
#include <utility>

#include "workload.hpp"

namespace ctx = boost::context;

class Other {
 public:
  template <class F>
  explicit Other(F f)
      : there_(std::allocator_arg, stacks(), [this, f](ctx::fiber&& back) {
          back_ = std::move(back);
          f(*this);
          return std::move(back_);
        }) {}
  void enter() { there_ = std::move(there_).resume(); }
  void leave() { back_ = std::move(back_).resume(); }

 private:
  static ctx::pooled_fixedsize_stack& stacks() {
    static ctx::pooled_fixedsize_stack stacks(64 * 1024);
    return stacks;
  }

  ctx::fiber there_, back_;
};

int main(int argc, char** argv) { return bench::green_switch_main<Other>(argc, argv); }
