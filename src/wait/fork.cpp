// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// One design for fork(): before it, every lock of the wait floor is taken, so
// that nothing is half done; the parent lets go; the child is made anew. There,
// only the thread that called fork() exists. Everybody else is struck off the
// roll, their ids stay lost for good, and nobody is parked.
#include "wait/fork.hpp"

#include <pthread.h>

#include <mutex>

#include "os/mutex.hpp"
#include "os/native_id.hpp"
#include "wait/lot.hpp"
#include "wait/roll.hpp"
#include "wait/thread_waiter.hpp"
#include "weft/detail/self.hpp"

namespace weft::detail {

constinit std::uint32_t fork_generation = 0;

}  // namespace weft::detail

namespace weft::wait {
namespace {

// Held from prepare() to the end: each handler that was prepared is let go, and no
// other. First of all locks.
constinit os::Mutex mutex_of_handlers;
constinit ForkHandler* handlers = nullptr;

// A child that comes of a fork() within a fork handler would be ours as well;
// nobody does that.
void prepare() noexcept {
  mutex_of_handlers.lock();
  for (ForkHandler* h = handlers; h != nullptr; h = h->next) h->prepare();
  roll().mutex().lock();
  spares_mutex().lock();
  lot().lock_all();
}

void parent() noexcept {
  lot().unlock_all();
  spares_mutex().unlock();
  roll().mutex().unlock();
  for (ForkHandler* h = handlers; h != nullptr; h = h->next) h->parent();
  mutex_of_handlers.unlock();
}

void child() noexcept {
  ++detail::fork_generation;
  lot().forked();
  spares_mutex().reset();
  Waiter* me = current;
  roll().forked(me);
  if (me != nullptr) me->set_native_id(os::native_id());
  for (ForkHandler* h = handlers; h != nullptr; h = h->next) h->child();
  mutex_of_handlers.reset();
}

}  // namespace

void watch_forks() noexcept {
  static const int once = ::pthread_atfork(prepare, parent, child);
  static_cast<void>(once);
}

void on_fork(ForkHandler& handler) noexcept {
  watch_forks();
  std::scoped_lock held(mutex_of_handlers);
  handler.next = handlers;
  handlers = &handler;
}

}  // namespace weft::wait
