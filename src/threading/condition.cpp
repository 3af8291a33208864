// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/condition.hpp"

#include <utility>

#include "sync/condition.hpp"
#include "sync/lock.hpp"
#include "wait/waiter.hpp"
#include "weft/detail/self.hpp"
#include "weft/errors.hpp"

namespace weft::threading {

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

namespace {

// Who comes back from a wait has the lock, even if it was the wait of a green
// thread that is being killed: what holds the lock around it will release it.
void take_back(std::atomic<std::uint32_t>& word, const wait::Reason& reason) noexcept {
  if (detail::LockWord::try_acquire(word, detail::self())) return;
  sync::acquire<wait::InProcess>(word, wait::Deadline::until_done(), reason);
}

struct WholeLock {
  Lock& held;
  std::atomic<std::uint32_t>& word;

  void unlock() { held.release(); }
  void lock() noexcept { take_back(word, {"Lock", &held}); }
};

// An RLock as one lock, whatever its depth.
struct WholeRLock {
  RLock& held;
  std::atomic<std::uint32_t>& word;
  std::uint32_t& depth;
  std::uint32_t saved = 0;

  void unlock() {
    saved = std::exchange(depth, 1);
    held.release();
  }
  void lock() noexcept {
    take_back(word, {"RLock", &held});
    depth = saved;
  }
};

}  // namespace

Condition::Condition() : rlock_(&own_), body_(new Body) {}
Condition::Condition(Lock& lock) : lock_(&lock), body_(new Body) {}
Condition::Condition(RLock& lock) : rlock_(&lock), body_(new Body) {}
Condition::~Condition() = default;

bool Condition::wait(const Timeout& timeout) {
  if (!is_owned()) throw RuntimeError("cannot wait on un-acquired lock");
  const wait::Reason reason{"Condition", this};
  bool notified = false;
  if (lock_ != nullptr) {
    WholeLock whole{*lock_, lock_->word_};
    notified = body_->here().wait(whole, timeout, reason);
  } else {
    WholeRLock whole{*rlock_, rlock_->word_, rlock_->depth_};
    notified = body_->here().wait(whole, timeout, reason);
  }
  return notified || wait::in_vain();
}

void Condition::notify(int n) {
  if (!is_owned()) throw RuntimeError("cannot notify on un-acquired lock");
  body_->here().notify(n);
}

Condition::Moment Condition::when(const Timeout& timeout) noexcept { return wait::Deadline(timeout).at(); }

Timeout Condition::left(Moment end, const Timeout& timeout) noexcept {
  if (end == os::Never) return timeout;
  return {Timeout::from_nanoseconds(std::max<std::int64_t>(end - os::now(), 0)), timeout.stop()};
}

}  // namespace weft::threading
