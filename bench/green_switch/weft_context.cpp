// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What lies under weft's greenlets and generators: no peer, and not public.
#include "os/context.hpp"

#include "os/stack_pool.hpp"
#include "workload.hpp"

class Other {
 public:
  template <class F>
  explicit Other(F f) : stack_(pool().take(64 * 1024)) {
    struct Call {
      F f;
      Other* self;
    };
    static_assert(sizeof(Call) <= sizeof(call_));
    new (call_) Call{f, this};
    context_.start(
        stack_,
        [](void* argument) {
          auto& call = *static_cast<Call*>(argument);
          call.f(*call.self);
          weft::os::Context::leave(call.self->context_, call.self->main_);
        },
        call_);
  }
  ~Other() { pool().give_back(stack_); }
  void enter() { weft::os::Context::turn(main_, context_); }
  void leave() { weft::os::Context::turn(context_, main_); }

 private:
  static weft::os::StackPool& pool() {
    static weft::os::StackPool pool;
    return pool;
  }

  weft::os::Stack stack_;
  weft::os::Context main_, context_;
  alignas(16) char call_[64];
};

int main(int argc, char** argv) { return bench::green_switch_main<Other>(argc, argv); }
