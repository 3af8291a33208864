// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#define MINICORO_IMPL
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wextra"
#include <minicoro.h>

#include <functional>

#include "workload.hpp"

class Other {
 public:
  template <class F>
  explicit Other(F f) : run_(f) {
    mco_desc desc = mco_desc_init(
        [](mco_coro* co) {
          auto& me = *static_cast<Other*>(mco_get_user_data(co));
          me.run_(me);
        },
        0);
    desc.user_data = this;
    mco_create(&co_, &desc);
  }
  ~Other() { mco_destroy(co_); }
  void enter() { mco_resume(co_); }
  void leave() { mco_yield(co_); }

 private:
  std::function<void(Other&)> run_;
  mco_coro* co_ = nullptr;
};

int main(int argc, char** argv) { return bench::green_switch_main<Other>(argc, argv); }
