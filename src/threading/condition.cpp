// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/condition.hpp"

#include <utility>

#include "sync/condition.hpp"
#include "wait/waiter.hpp"
#include "weft/detail/self.hpp"
#include "weft/errors.hpp"

namespace weft::threading {

// Who comes back from a wait has the lock, even if it was the wait of a green
// thread that is being killed: what holds the lock around it will release it.
struct Condition::WholeLock {
  Lock& held;

  void unlock() { held.release(); }
  void lock() noexcept { held.lock_until_done(); }
};

// An RLock as one lock, whatever its depth.
struct Condition::WholeRLock {
  RLock& held;
  std::uint32_t again = 0;

  void unlock() {
    again = std::exchange(held.again_, 0);
    held.release();
  }
  void lock() noexcept { held.lock_until_done(again); }
};

struct Condition::Body {
  sync::WaitList<wait::InProcess> waiters;
  std::uint32_t generation = detail::fork_generation;

  // In the child of a fork(), those who waited stayed behind, and so did the
  // stacks that the list runs through.
  sync::WaitList<wait::InProcess>& here() noexcept {
    if (generation != detail::fork_generation) {
      generation = detail::fork_generation;
      waiters.forget();
    }
    return waiters;
  }
};

Condition::Condition() : rlock_(&own_), body_(new Body) {}
Condition::Condition(Lock& lock) : lock_(&lock), body_(new Body) {}
Condition::Condition(RLock& lock) : rlock_(&lock), body_(new Body) {}
Condition::~Condition() = default;

bool Condition::wait(const Timeout& timeout) {
  if (!is_owned()) throw RuntimeError("cannot wait on un-acquired lock");
  const wait::Reason reason{"Condition", this};
  bool notified = false;
  if (lock_ != nullptr) {
    WholeLock whole{*lock_};
    notified = body_->here().wait(whole, timeout, reason);
  } else {
    WholeRLock whole{*rlock_};
    notified = body_->here().wait(whole, timeout, reason);
  }
  return notified || wait::in_vain();
}

void Condition::notify(int n) {
  if (!is_owned()) throw RuntimeError("cannot notify on un-acquired lock");
  body_->here().notify(n);
}

}  // namespace weft::threading
