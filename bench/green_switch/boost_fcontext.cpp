// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Boost.Context without its classes: the bare switch, a limit rather than a peer. It keeps no exceptions apart.
#include <boost/context/detail/fcontext.hpp>
#include <new>
#include <vector>

#include "workload.hpp"

namespace ctx = boost::context::detail;

class Other {
 public:
  template <class F>
  explicit Other(F f) {
    static_assert(sizeof(F) <= sizeof(call_));
    new (call_) F(f);
    static std::vector<char> stack(64 * 1024);  // one at a time
    there_ = ctx::make_fcontext(stack.data() + stack.size(), stack.size(), [](ctx::transfer_t t) {
      auto& me = *static_cast<Other*>(t.data);
      me.back_ = t.fctx;
      (*reinterpret_cast<F*>(me.call_))(me);
      ctx::jump_fcontext(me.back_, nullptr);
    });
  }
  void enter() { there_ = ctx::jump_fcontext(there_, this).fctx; }
  void leave() { back_ = ctx::jump_fcontext(back_, nullptr).fctx; }

 private:
  ctx::fcontext_t there_ = nullptr, back_ = nullptr;
  alignas(16) char call_[64];
};

int main(int argc, char** argv) { return bench::green_switch_main<Other>(argc, argv); }
