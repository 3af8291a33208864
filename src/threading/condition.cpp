// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/condition.hpp"

#include "sync/condition.hpp"
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

// An RLock as one lock, whatever its depth.
struct WholeRLock {
  RLock& lock_;
  std::uint32_t& depth;
  std::uint32_t saved = 0;

  void unlock() {
    saved = std::exchange(depth, 1);
    lock_.release();
  }
  void lock() {
    lock_.lock();
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
  if (lock_ != nullptr) return body_->here().wait(*lock_, timeout, reason);
  WholeRLock whole{*rlock_, rlock_->depth_};
  return body_->here().wait(whole, timeout, reason);
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
