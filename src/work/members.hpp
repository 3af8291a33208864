// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "wait/place.hpp"
#include "weft/detail/self.hpp"
#include "work/lock_guard.hpp"

namespace weft::work {

/// Those who belong to a group, until they have ended: any of them may be entered
/// by one of the others, anybody may cancel them, and one waits for all.
///
/// A Member is a handle with pending(), done(), cancel(), wait(), which may throw,
/// and ==. `seen` is called for each that has ended, with the lock held. Nothing
/// else of theirs is: they may use the group, also when they go.
template <class Place, class Member>
class Members {
 public:
  template <class Seen>
  void enter(const Member& member, Seen&& seen) {
    std::vector<Member> ended;  // dropped without the lock
    auto held = lock();
    if (all_.size() >= look_again_) {
      auto first = std::partition(all_.begin(), all_.end(), [](const Member& one) { return !one.done(); });
      std::for_each(first, all_.end(), seen);
      ended.assign(std::move_iterator(first), std::move_iterator(all_.end()));
      all_.erase(first, all_.end());
      look_again_ = std::max<std::size_t>(64, all_.size() * 2);
    }
    all_.push_back(member);
  }

  /// Between `begin` and the end nobody leaves wait(). What is entered after
  /// `begin` was called is for the one who enters it to cancel.
  template <class Begin>
  void cancel(Begin&& begin) noexcept {
    Canceller me{Place::self()};
    {
      auto held = lock();
      forget_lost();
      me.next = std::exchange(cancellers_, &me);
      cancelling_.fetch_add(1, std::memory_order_relaxed);
    }
    const std::uint32_t forks = detail::fork_generation;
    begin();
    // Those that were looked at may have moved meanwhile: until there are none.
    while (cancel_pending(me)) {
    }
    if (forks != detail::fork_generation) return;  // forgotten, in the child
    if (cancelling_.fetch_sub(1, std::memory_order_release) == 1) Place::wake(cancelling_, wait::Everyone);
  }

  /// Whether the caller is called by `begin`, or by what is cancelled: for him wait()
  /// would not end.
  bool within_cancel() noexcept {
    auto held = lock();
    forget_lost();
    const Canceller* one = cancellers_;
    while (one != nullptr && one->who != Place::self()) one = one->next;
    return one != nullptr;
  }

  /// Returns why some could not be waited for. Each stays listed until it is done,
  /// so that whoever cancels finds it. None is run by the one who waits once they
  /// are `cancelled`.
  template <class Seen, class Cancelled>
  std::exception_ptr wait(Seen&& seen, Cancelled&& cancelled) noexcept {
    {
      auto held = lock();
      forget_lost();
    }
    std::exception_ptr left_behind;
    while (std::optional<Member> next = last()) {
      if (next->pending() && cancelled()) next->cancel();
      try {
        next->wait();
      } catch (...) {  // in the child of a fork(): it runs in the parent, if anywhere
        left_behind = std::current_exception();
      }
      auto held = lock();
      seen(*next);
      auto listed = std::find(all_.rbegin(), all_.rend(), *next);
      if (listed == all_.rend()) continue;
      std::swap(*listed, all_.back());
      all_.pop_back();
    }
    if (left_behind == nullptr) await_cancellers();
    return left_behind;
  }

  /// Holds the lock, also for what belongs to the group besides.
  [[nodiscard]] LockGuard<Place> lock() noexcept { return {word_, "TaskGroup"}; }

 private:
  using Word = typename LockGuard<Place>::Word;

  // Somebody in cancel(), on his stack.
  struct Canceller {
    std::uint32_t who;
    Canceller* next = nullptr;
  };

  std::optional<Member> last() {
    auto held = lock();
    return all_.empty() ? std::optional<Member>() : all_.back();
  }

  // All from the first to the last; true if there was one, else `me` is done.
  bool cancel_pending(Canceller& me) noexcept {
    bool some = false;
    for (std::size_t at = 0;; some = true) {
      std::optional<Member> next;
      {
        auto held = lock();
        while (at < all_.size() && !all_[at].pending()) ++at;
        if (at >= all_.size()) {
          if (!some) strike(me);
          return some;
        }
        next = all_[at++];
      }
      next->cancel();
    }
  }

  // One is done before what its callable holds is destroyed: for who has seen them
  // all done, and must not leave before.
  void await_cancellers() noexcept {
    for (std::uint32_t some; (some = cancelling_.load(std::memory_order_acquire)) != 0;) {
      Place::wait(cancelling_, some, wait::Deadline::until_done(), {"TaskGroup", this});
    }
  }

  // With the lock held.
  void strike(Canceller& me) noexcept {
    forget_lost();
    Canceller** link = &cancellers_;
    while (*link != nullptr && *link != &me) link = &(*link)->next;
    if (*link != nullptr) *link = me.next;
  }

  // With the lock held. In the child of a fork() those in cancel() are lost with their stacks; and if the one who
  // forked is there himself, nobody is left to wait for him.
  void forget_lost() noexcept {
    if (std::exchange(generation_, detail::fork_generation) == detail::fork_generation) return;
    cancellers_ = nullptr;
    cancelling_.store(0, std::memory_order_relaxed);
  }

  std::vector<Member> all_;      // those that may not have ended
  std::size_t look_again_ = 64;  // when there are so many, those that have ended are dropped
  Word word_{detail::LockWord::Free};
  Word cancelling_{0};  // how many are in cancel()
  Canceller* cancellers_ = nullptr;
  std::uint32_t generation_ = detail::fork_generation;  // the fork generation in which they came
};

}  // namespace weft::work
