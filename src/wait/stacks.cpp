// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/stacks.hpp"

#include <mutex>
#include <vector>

#include "os/mutex.hpp"
#include "wait/fork.hpp"
#include "wait/overflow.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {
namespace {

constinit thread_local os::StackPool* stacks_here [[gnu::tls_model("initial-exec")]] = nullptr;

// Pools of threads that have ended: their stacks are never unmapped.
constinit os::Mutex mutex_of_pools;
constinit std::vector<os::StackPool*> pools;

os::StackPool* take_pool() {
  static constinit ForkHandler handler{[]() noexcept { mutex_of_pools.lock(); },
                                       []() noexcept { mutex_of_pools.unlock(); },
                                       []() noexcept { mutex_of_pools.reset(); }};
  static const bool once = (on_fork(handler), true);
  static_cast<void>(once);
  std::scoped_lock held(mutex_of_pools);
  if (pools.empty()) {
    pools.reserve(pools.capacity() + 1);  // so that handing it on cannot fail
    return new os::StackPool;
  }
  os::StackPool* pool = pools.back();
  pools.pop_back();
  return pool;
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
  std::scoped_lock held(mutex_of_pools);
  pools.push_back(stacks_here);
  stacks_here = nullptr;
}

}  // namespace weft::wait
