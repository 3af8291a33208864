// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "os/cpu.hpp"

namespace weft::work {

/// What is known of the tasks at one post. Only who works there counts tasks and accounts
/// for them, and only the watcher looks at them.
template <class Place>
struct Signs {
  template <class T>
  using Atomic = typename Place::template Atomic<T>;

  static constexpr std::uint32_t Stuck = 1;    // the watcher has written it off until its task ends
  static constexpr std::uint32_t Asked = 2;    // and asks for an account of the next tasks
  static constexpr std::uint32_t Waiting = 4;  // by the last one, tasks wait here for a good part of their time
  static constexpr std::uint32_t Waited = 8;   // that was so before it last lay down; no account since

  /// A task begins, and ends.
  void count() noexcept { begun.store(begun.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  bool task_runs() const noexcept { return begun.load(std::memory_order_relaxed) % 2 == 1; }
  bool any() const noexcept { return marks.load(std::memory_order_relaxed) != 0; }
  /// Its tasks wait, as far as is known.
  bool waits() const noexcept { return (marks.load(std::memory_order_relaxed) & (Stuck | Waiting)) != 0; }

  Atomic<std::uint32_t> marks{0};
  Atomic<std::uint64_t> begun{0};  // twice the tasks begun; odd while one runs
  std::uint64_t begun_seen = 0;    // `begun` at the watcher's last look
  std::uint32_t asked_at = 0;      // the number of the look at which it last asked
  struct {
    os::Usage since{};  // of the thread that works here
    int left = 0;       // tasks, until it ends; 0: it has not begun
  } account;
};

/// How many more may be up than there are cores, because some of those who are up do
/// nothing but wait for something: design/0013. Whoever has made them fewer or more sees
/// to it that as many are called; the count is sequentially consistent.
template <class Place>
class StandIns {
 public:
  enum class Change { None, Fewer, More };

  std::uint32_t count() const noexcept { return count_.load(std::memory_order_seq_cst); }

  /// Somebody was called to this post. True if there are more.
  bool come_up(Signs<Place>& post) noexcept {
    const bool waited = (post.marks.load(std::memory_order_relaxed) & post.Waited) != 0;
    if (waited) mark(post, post.Waiting);
    if (count_.load(std::memory_order_relaxed) != 0) post.marks.fetch_or(post.Asked, std::memory_order_relaxed);
    return waited;
  }

  /// A task has ended at this post, of which something is noted down. What is asked for is
  /// an account of the next few, by usage(): whether they left their core again and again,
  /// and were away for more than a fifth of the time, be it to wait for it once more. They
  /// take too little time for the watcher to see it, and who runs them is as good as stuck.
  template <class Usage>
  Change answer(Signs<Place>& post, Usage&& usage) noexcept;

  /// Nobody works at this post now: it does not count, and an account that has begun is of
  /// no use to the next one. That tasks have waited here is remembered once, for the first
  /// of those that come next are likely to. True if there are fewer.
  bool settle(Signs<Place>& post) noexcept {
    constexpr std::uint32_t All = Marks::Stuck | Marks::Asked | Marks::Waiting | Marks::Waited;
    post.account.left = 0;
    const Unmarked was = unmark(post, All);
    const bool confirmed = (was.marks & (post.Waiting | post.Waited)) == post.Waiting;
    if (confirmed) post.marks.fetch_or(post.Waited, std::memory_order_relaxed);
    return was.fewer;
  }

  /// The watcher looks, at one post after the other. True if this one is found to be stuck.
  void begin_look() noexcept { ++looks_; }
  bool look(Signs<Place>& post) noexcept;

  /// For the child of a fork(): none are there, and nobody works at this post.
  void reset() noexcept { count_.store(0, std::memory_order_relaxed); }
  static void forget(Signs<Place>& post) noexcept {
    post.marks.store(0, std::memory_order_relaxed);
    post.account.left = 0;
  }

 private:
  using Marks = Signs<Place>;

  struct Unmarked {
    std::uint32_t marks;  // before
    bool fewer;
  };

  void mark(Signs<Place>& post, std::uint32_t what) noexcept;
  Unmarked unmark(Signs<Place>& post, std::uint32_t what) noexcept;

  // For one with these marks. Who is stuck may be about to compute; of those whose tasks
  // wait, the next ones do, too.
  static std::uint32_t worth(std::uint32_t marks) noexcept {
    constexpr std::uint32_t ForWaiting = 8, ForStuck = 2;
    return (marks & Marks::Waiting) != 0 ? ForWaiting : (marks & Marks::Stuck) != 0 ? ForStuck : 0;
  }

  typename Place::template Atomic<std::uint32_t> count_{0};
  std::uint32_t looks_ = 0;  // of all watchers; the watcher's
};

template <class Place>
void StandIns<Place>::mark(Signs<Place>& post, std::uint32_t what) noexcept {
  count_.fetch_add(worth(what), std::memory_order_seq_cst);  // before anybody can count them off again
  const std::uint32_t before = post.marks.fetch_or(what, std::memory_order_acq_rel);
  const std::uint32_t twice = worth(before) + worth(what) - worth(before | what);
  if (twice != 0) count_.fetch_sub(twice, std::memory_order_seq_cst);
}

// Who marks it later sees what was done before; and the count that mark() has made comes
// before ours.
template <class Place>
auto StandIns<Place>::unmark(Signs<Place>& post, std::uint32_t what) noexcept -> Unmarked {
  const std::uint32_t before = post.marks.fetch_and(~what, std::memory_order_acq_rel);
  const std::uint32_t fewer = worth(before) - worth(before & ~what);
  if (fewer != 0) count_.fetch_sub(fewer, std::memory_order_seq_cst);
  return {before, fewer != 0};
}

template <class Place>
template <class Usage>
auto StandIns<Place>::answer(Signs<Place>& post, Usage&& usage) noexcept -> Change {
  constexpr int Some = 2;
  const std::uint32_t marks = post.marks.load(std::memory_order_relaxed);
  bool fewer = (marks & post.Stuck) != 0 && unmark(post, post.Stuck).fewer;
  const Change only_that = fewer ? Change::Fewer : Change::None;
  if ((marks & post.Asked) == 0) return only_that;
  if (post.account.left == 0) {
    post.account.since = usage();
    post.account.left = Some;
    return only_that;
  }
  if (--post.account.left != 0) return only_that;
  const os::Usage now = usage();
  const std::int64_t took = now.at - post.account.since.at, busy = now.busy - post.account.since.busy;
  const bool wait = now.waits - post.account.since.waits >= Some && took - busy > took / 5;
  fewer |= unmark(post, wait ? post.Asked | post.Waited : post.Asked | post.Waiting | post.Waited).fewer;
  if (!wait || (marks & post.Waiting) != 0) return fewer ? Change::Fewer : Change::None;
  mark(post, post.Waiting);
  return Change::More;
}

template <class Place>
bool StandIns<Place>::look(Signs<Place>& post) noexcept {
  constexpr std::uint32_t Again = 8;  // whose tasks wait is not asked more often than at every eighth look
  const std::uint64_t begun = post.begun.load(std::memory_order_relaxed);
  const std::uint32_t marks = post.marks.load(std::memory_order_relaxed);
  const bool known = (marks & post.Waiting) != 0;
  if (begun != std::exchange(post.begun_seen, begun)) {
    if ((marks & post.Asked) != 0 || (known && looks_ - post.asked_at < Again)) return false;
    post.asked_at = looks_;
    post.marks.fetch_or(post.Asked, std::memory_order_relaxed);
    return false;
  }
  if (begun % 2 == 0 || known || (marks & post.Stuck) != 0) return false;  // who is known counts already
  mark(post, post.Stuck);
  // It ended meanwhile: who worked there may have left before he saw the mark.
  if (post.begun.load(std::memory_order_relaxed) != begun) unmark(post, post.Stuck);
  return true;
}

}  // namespace weft::work
