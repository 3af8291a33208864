// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "support/model/model.hpp"
#include "support/support.hpp"
#include "sync/barrier.hpp"
#include "sync/condition.hpp"
#include "sync/event.hpp"
#include "sync/lock.hpp"
#include "sync/semaphore.hpp"

namespace weft::sync {

// The primitives as the rooms put them together from fast paths and sync, in
// the place of the model.

using wait::InModel;
using Word = InModel::Atomic<std::uint32_t>;

/// For what has too many runs to see all of their stale loads, too.
inline model::Options few_stale() { return {.stale = test::rounds(1, 2)}; }

/// Sleeps that end without a wake, and weak exchanges that fail without reason.
inline model::Options some_spurious() { return {.preemptions = 1, .stale = 1, .spurious = test::rounds(1, 2)}; }

class ModelLock {
 public:
  explicit ModelLock(const char* name = nullptr) : name_(name) {}

  bool acquire(const Timeout& timeout = {}) {
    return detail::LockWord::try_acquire(word_, InModel::self()) ||
           sync::acquire<InModel>(word_, timeout, {"Lock", this, name_});
  }

  void release() {
    std::uint32_t found = detail::LockWord::release(word_);
    model::require(found != detail::LockWord::Free, "who releases the lock has it");
    if (!detail::LockWord::is_plain(found)) release_contended<InModel>(word_);
  }

  bool locked() const { return is_held<InModel>(word_); }

  void lock() { acquire(); }
  void unlock() { release(); }

 private:
  Word word_{detail::LockWord::Free};
  const char* name_;
};

class ModelRLock {
 public:
  bool acquire(const Timeout& timeout = {}) {
    if (is_owned()) {
      again_ = again_ + 1;
      return true;
    }
    if (!detail::LockWord::try_acquire(word_, InModel::self()) &&
        !sync::acquire<InModel>(word_, timeout, {"RLock", this})) {
      return false;
    }
    owner_.store(InModel::self(), std::memory_order_relaxed);
    return true;
  }

  void release() {
    model::require(is_owned(), "who releases the RLock owns it");
    if (again_ != 0) {
      again_ = again_ - 1;
      return;
    }
    owner_.store(0, std::memory_order_relaxed);
    if (!detail::LockWord::is_plain(detail::LockWord::release(word_))) release_contended<InModel>(word_);
  }

  bool is_owned() const { return owner_.load(std::memory_order_relaxed) == InModel::self(); }

 private:
  Word word_{detail::LockWord::Free};
  Word owner_{0};
  model::Data<int> again_ = 0;
};

class ModelSemaphore {
 public:
  explicit ModelSemaphore(std::uint32_t value, std::uint32_t limit = detail::SemaphoreWord::Most)
      : word_(value), careful_(limit != detail::SemaphoreWord::Most), limit_(limit) {}

  bool acquire(const Timeout& timeout = {}) {
    return detail::SemaphoreWord::try_acquire(word_) ||
           acquire_permit<InModel>(word_, careful_, timeout, {"Semaphore", this});
  }

  bool release(std::uint32_t n = 1) {
    std::uint32_t found;
    if (n != 1 || !detail::SemaphoreWord::release_one(word_, careful_, found)) {
      return release_permits<InModel>(word_, careful_, n, limit_);
    }
    if (!detail::SemaphoreWord::is_plain(found)) release_permit_slow<InModel>(word_, careful_, found);
    return true;
  }

  /// Somebody may wait, and the next release() will not take that down.
  bool is_careless() const {
    return (word_.load(std::memory_order_relaxed) & detail::SemaphoreWord::Contended) != 0 &&
           !careful_.load(std::memory_order_relaxed);
  }
  std::uint32_t permits() const { return word_.load(std::memory_order_relaxed) & detail::SemaphoreWord::Most; }

 private:
  Word word_;
  InModel::Atomic<bool> careful_;
  std::uint32_t limit_;
};

class ModelEvent {
 public:
  bool is_set() const { return (word_.load(std::memory_order_acquire) & detail::EventWord::Set) != 0; }
  void set() { set_event<InModel>(word_); }
  void clear() { word_.fetch_and(~detail::EventWord::Set, std::memory_order_relaxed); }
  bool wait(const Timeout& timeout = {}) { return is_set() || wait_event<InModel>(word_, timeout, {"Event", this}); }

 private:
  Word word_{0};
};

class ModelCondition : public ModelLock {
 public:
  bool wait(const Timeout& timeout = {}) {
    return waiters_.wait(static_cast<ModelLock&>(*this), timeout, {"Condition", this});
  }
  void notify(int n = 1) { waiters_.notify(n); }

 private:
  WaitList<InModel> waiters_;
};

}  // namespace weft::sync
