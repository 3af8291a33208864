// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/stacks.hpp"

#include <mutex>
#include <utility>

#include "os/mutex.hpp"
#include "wait/fork.hpp"
#include "wait/overflow.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {
namespace {

// Of threads that have ended: stacks are never unmapped.
struct Pool : os::StackPool {
  Pool* next = nullptr;
};

constinit thread_local Pool* stacks_here [[gnu::tls_model("initial-exec")]] = nullptr;

constinit os::Mutex mutex_of_pools;
constinit Pool* pools = nullptr;

Pool* take_pool() {
  static constinit ForkHandler handler{[]() noexcept { mutex_of_pools.lock(); },
                                       []() noexcept { mutex_of_pools.unlock(); },
                                       []() noexcept { mutex_of_pools.reset(); }};
  static const bool once = (on_fork(handler), true);
  static_cast<void>(once);
  std::scoped_lock held(mutex_of_pools);
  return pools != nullptr ? std::exchange(pools, pools->next) : new Pool;
}

}  // namespace

os::StackPool& stacks() {
  if (stacks_here == nullptr) {
    self();  // sees to it that they are handed on
    stacks_here = take_pool();
    catch_overflows();
  }
  return *stacks_here;
}

void hand_on_stacks() noexcept {
  if (stacks_here == nullptr) return;
  release_overflows();
  stacks_here->set_tended(false);
  std::scoped_lock held(mutex_of_pools);
  stacks_here->next = pools;
  pools = std::exchange(stacks_here, nullptr);
}

}  // namespace weft::wait
