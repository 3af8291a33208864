// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "wait/place.hpp"

namespace weft::sync {

/// Those who wait for a condition of this process, longest first. Guarded by the
/// condition's own lock; each waits on a word of its own, so notify(n) wakes n
/// and no more, and wakes without a system call who has not fallen asleep yet.
template <class Place>
class WaitList {
 public:
  /// What must happen between joining the list and sleeping, and again after:
  /// `Lock` has unlock() and lock(). False at the deadline or when interrupted;
  /// the lock is held again in any case.
  template <class Lock>
  bool wait(Lock& lock, const wait::Deadline& deadline, const wait::Reason& reason) {
    Node node;
    append(node);
    lock.unlock();
    bool notified = sleep(node, deadline, reason);
    lock.lock();
    // Notified in the last moment, while we took the lock: then we were.
    if (!notified) notified = node.word.load(std::memory_order_relaxed) == Notified;
    if (!notified) remove(node);
    return notified;
  }

  void notify(int n) noexcept {
    for (; n > 0 && first_ != nullptr; --n) {
      Node& node = *first_;
      remove(node);
      // The waiter cannot return before it has the lock, which we hold.
      if (node.word.exchange(Notified, std::memory_order_release) == Asleep) Place::wake(node.word, 1);
    }
  }

  /// For the child after fork(): who waited stayed behind.
  void forget() noexcept { first_ = last_ = nullptr; }

 private:
  static constexpr std::uint32_t Waiting = 0, Asleep = 1, Notified = 2;

  struct Node {
    typename Place::template Atomic<std::uint32_t> word{Waiting};
    Node* before = nullptr;
    Node* next = nullptr;
  };

  static bool sleep(Node& node, const wait::Deadline& deadline, const wait::Reason& reason) noexcept {
    if (deadline.is_now()) return false;
    for (unsigned round = 0; node.word.load(std::memory_order_acquire) != Notified;) {
      if (Place::spin(round++)) continue;
      std::uint32_t found = Waiting;
      node.word.compare_exchange_strong(found, Asleep, std::memory_order_relaxed);
      if (found == Notified) continue;
      wait::Outcome outcome = Place::wait(node.word, Asleep, deadline, reason);
      if (outcome == wait::Outcome::TimedOut || outcome == wait::Outcome::Interrupted) return false;
    }
    return true;
  }

  void append(Node& node) noexcept {
    node.before = last_;
    (last_ == nullptr ? first_ : last_->next) = &node;
    last_ = &node;
  }

  void remove(Node& node) noexcept {
    (node.before == nullptr ? first_ : node.before->next) = node.next;
    (node.next == nullptr ? last_ : node.next->before) = node.before;
  }

  Node* first_ = nullptr;
  Node* last_ = nullptr;
};

}  // namespace weft::sync
