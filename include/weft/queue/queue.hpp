// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/detail/boxed.hpp"
#include "weft/detail/fifo.hpp"
#include "weft/detail/gate.hpp"
#include "weft/detail/items.hpp"
#include "weft/detail/walk.hpp"
#include "weft/errors.hpp"
#include "weft/queue/errors.hpp"
#include "weft/timeout.hpp"

namespace weft::queue {

/// How a queue is made.
struct QueueOptions {
  std::int64_t maxsize = 0;  ///< the most items that it holds; 0 or less: any number
  std::string name = {};     ///< for those who look at who waits: "waiting for Queue.get 'jobs' since 1.2 s"
};

/// How a queue is shut down.
struct ShutdownOptions {
  bool immediate = false;  ///< drop the items that are left, and count them as done
};

/// What Queue, LifoQueue and PriorityQueue have in common: all but the order
/// in which items come out. Any number of threads may call anything at any time;
/// only the destructor must be alone.
///
/// A queue shuts down in two steps, as in Python 3.13: from shutdown() on, put
/// throws ShutDown; once the items that were left are taken, so does get.
///
/// An item whose move constructor cannot throw is kept as it is, and is not
/// touched by a put that fails. Any other is first moved into a box: then a put
/// that fails for want of room has put nothing, but the box, and what was moved
/// into it, is gone. If moving the item out throws in get(), the item is gone.
template <class T, class Items>
class BasicQueue {
  using Box = detail::Boxed<T>;
  using Stored = typename Box::Stored;
  using InHand = detail::InHand<T, BasicQueue>;

 public:
  using value_type = T;
  using Iterator = detail::Walk<T, InHand>;

  explicit BasicQueue(std::int64_t maxsize = 0) : items_(maxsize), maxsize_(maxsize) {}
  explicit BasicQueue(QueueOptions options)
      : items_(options.maxsize), maxsize_(options.maxsize), name_(std::move(options.name)) {}

 protected:
  template <class Order>
  BasicQueue(Order order, QueueOptions options)
      : items_(options.maxsize, std::move(order)), maxsize_(options.maxsize), name_(std::move(options.name)) {}

 public:
  BasicQueue(const BasicQueue&) = delete;
  BasicQueue& operator=(const BasicQueue&) = delete;

  /// Puts an item, waiting for room at most `timeout`. Throws Full if the time
  /// ran out, ShutDown if the queue was shut down, before or meanwhile; as everything
  /// here that takes a timeout, ValueError if that is negative.
  void put(T&& item, const Timeout& timeout = {}) { put_or_throw(std::move(item), timeout); }
  void put(const T& item, const Timeout& timeout = {}) requires std::copy_constructible<T> {
    put_or_throw(T(item), timeout);
  }

  /// Takes the next item, waiting for one at most `timeout`. Throws Empty if the
  /// time ran out, ShutDown if the queue was shut down and has none left.
  T get(const Timeout& timeout = {}) {
    std::optional<Stored> item;
    detail::Tried tried = take(item, timeout);
    if (tried != detail::Tried::Done) [[unlikely]] {
      tried == detail::Tried::Not ? detail::throw_empty() : detail::throw_shut_down();
    }
    return std::move(Box::open(*item));
  }

  /// Puts an item without waiting. Throws Full if there is no room, ShutDown if the
  /// queue was shut down.
  void put_nowait(T&& item) { put(std::move(item), 0); }
  void put_nowait(const T& item) requires std::copy_constructible<T> { put(item, 0); }
  /// Takes the next item without waiting. Throws Empty if there is none, ShutDown if
  /// the queue was shut down as well.
  T get_nowait() { return get(0); }

  /// As put(), but false where that would throw Full or ShutDown.
  bool try_put(T&& item, const Timeout& timeout = 0) { return give(std::move(item), timeout) == detail::Tried::Done; }
  bool try_put(const T& item, const Timeout& timeout = 0) requires std::copy_constructible<T> {
    return give(T(item), timeout) == detail::Tried::Done;
  }

  /// As get(), but nothing where that would throw Empty or ShutDown.
  std::optional<T> try_get(const Timeout& timeout = 0) {
    std::optional<Stored> item;
    if (take(item, timeout) != detail::Tried::Done) return std::nullopt;
    return std::optional<T>(std::move(Box::open(*item)));
  }

  /// Puts every element of the range, in order, many at once; others may get
  /// theirs in between. Returns how many it put: fewer than all if the time ran
  /// out. Throws ShutDown if the queue was shut down before the last one was
  /// put; those before it stay. Elements are copied; those of a container that
  /// is handed over (`std::move(items)`) are moved. A few that were not put may have been
  /// read from it.
  template <std::ranges::input_range Range>
  requires std::constructible_from<T, detail::ReadItem<Range>> std::size_t put_many(Range&& range,
                                                                                    const Timeout& timeout = {});

  /// Waits for an item as get() does and takes it, and with it others that are
  /// there, at most `n` in all. An empty list where get() would throw Empty or ShutDown. If moving
  /// one out throws, those that this call had taken before are gone with it.
  std::vector<T> get_many(std::size_t n, const Timeout& timeout = {});

  /// For loops that end when the queue is shut down and empty:
  ///
  ///     for (Job& job : jobs) run(job);
  ///
  /// Several threads may each loop over the same queue: every item goes to one of
  /// them. No more are taken than were asked for: `jobs | std::views::take(2)` takes two.
  Iterator begin() { return Iterator(InHand(*this)); }
  std::default_sentinel_t end() const noexcept { return {}; }

  /// How many items there were at some moment of this call.
  std::size_t qsize() const noexcept { return items_.size(); }
  bool empty() const noexcept { return qsize() == 0; }
  bool full() const noexcept { return maxsize_ > 0 && qsize() >= static_cast<std::size_t>(maxsize_); }
  std::int64_t maxsize() const noexcept { return maxsize_; }
  const std::string& name() const noexcept { return name_; }

  /// Says that the work on one item that was taken is done. Throws ValueError
  /// if called more often than items were put.
  void task_done();

  /// Waits until every item that was put is done; false if the time ran out. With a
  /// negative timeout it only looks.
  bool join(const Timeout& timeout = {});

  /// How many items were put and are not done.
  std::size_t unfinished_tasks() const noexcept;

  /// No more items: every put, also one that waits, throws ShutDown; so does
  /// get once no item is left. May be called again, to become immediate.
  void shutdown(ShutdownOptions options = {});
  bool is_shutdown() const noexcept { return items_.closed(); }

 private:
  static constexpr std::size_t Line = 64;
  static constexpr std::size_t Batch = 64;  // items that put_many keeps ready, at most

  // A put, as somebody at the gate tries it. While others take items anyway, it
  // is worth a short while to find room for several: what the first one gains
  // by being early, the two sides lose by meeting at every item.
  struct Putting {
    bool take(unsigned look) {
      constexpr unsigned Patience = 4;
      if (look < Patience && !queue.items_.closed() && !queue.items_.has_room(queue.maxsize_ / 4)) return false;
      return (tried = queue.items_.put(item)) != detail::Tried::Not;
    }
    bool more() const noexcept { return queue.items_.has_room(1); }

    BasicQueue& queue;
    Stored& item;
    detail::Tried tried = detail::Tried::Not;
  };

  struct Taking {
    bool take(unsigned) { return (tried = queue.items_.get(item)) != detail::Tried::Not; }
    bool more() const noexcept { return queue.items_.size() != 0; }

    BasicQueue& queue;
    std::optional<Stored>& item;
    detail::Tried tried = detail::Tried::Not;
  };

  struct Joining {
    bool take(unsigned) { return queue.unfinished_tasks() == 0; }
    bool more() const noexcept { return false; }  // whoever ends the last task wakes everybody

    BasicQueue& queue;
  };

  static void check(const Timeout& timeout) {
    if (timeout.is_negative()) [[unlikely]]
      detail::throw_negative_timeout();
  }

  // Before everything that changes the queue.
  void enter() {
    if (items_.forked()) [[unlikely]]
      repair();
  }

  [[gnu::cold, gnu::noinline]] void repair() {
    items_.repair([this] {
      puts_seen_.store(0, std::memory_order_relaxed);  // there may be fewer now
      takers_.reset();
      putters_.reset();
      joiners_.reset();
    });
  }

  detail::Tried give(T&& item, const Timeout& timeout) {
    check(timeout);
    if constexpr (Box::in_box) {
      Stored stored = Box::pack(std::move(item));
      return give_stored(stored, timeout);
    } else {
      return give_stored(item, timeout);
    }
  }

  detail::Tried give_stored(Stored& item, const Timeout& timeout) {
    enter();
    detail::Tried tried = items_.put(item);
    if (tried != detail::Tried::Done) [[unlikely]]
      tried = give_slow(item, tried, timeout);
    if (tried == detail::Tried::Done) takers_.notify();
    return tried;
  }

  friend InHand;
  void take_into(std::optional<T>& item) {
    std::optional<Stored> next;
    if (take(next, {}) == detail::Tried::Done) item.emplace(std::move(Box::open(*next)));
  }

  detail::Tried take(std::optional<Stored>& item, const Timeout& timeout) {
    check(timeout);
    enter();
    detail::Tried tried = items_.get(item);
    if (tried != detail::Tried::Done) [[unlikely]]
      tried = take_slow(item, tried, timeout);
    if (tried == detail::Tried::Done && items_.bounded()) putters_.notify();
    return tried;
  }

  [[gnu::noinline]] detail::Tried give_slow(Stored& item, detail::Tried tried, const Timeout& timeout) {
    if (tried == detail::Tried::Closed) return tried;
    Putting putting{*this, item};
    putters_.wait(detail::Attempt(putting), timeout, "Queue.put", this, name_.c_str());
    return putting.tried;
  }

  [[gnu::noinline]] detail::Tried take_slow(std::optional<Stored>& item, detail::Tried tried, const Timeout& timeout) {
    if (tried == detail::Tried::Closed) return tried;
    Taking taking{*this, item};
    takers_.wait(detail::Attempt(taking), timeout, "Queue.get", this, name_.c_str());
    return taking.tried;
  }

  void put_or_throw(T&& item, const Timeout& timeout) {
    detail::Tried tried = give(std::move(item), timeout);
    if (tried != detail::Tried::Done) [[unlikely]] {
      tried == detail::Tried::Not ? detail::throw_full() : detail::throw_shut_down();
    }
  }

  // Puts the items that make() builds, `n` in all; returns how many.
  template <class Make>
  std::size_t give_some(std::size_t n, Make&& make, const Timeout& timeout);

  Items items_;
  alignas(Line) detail::Gate takers_;
  alignas(Line) detail::Gate putters_;
  alignas(Line) std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> puts_seen_{0};  // at least so many puts there were
  detail::Gate joiners_;
  alignas(Line) const std::int64_t maxsize_;
  const std::string name_;
};

/// A queue for any number of producers and consumers, as queue.Queue.
///
///     weft::queue::Queue<Job> jobs(100);  // at most 100 wait: put() holds producers back
///     jobs.put(job);                      // in one thread
///     Job job = jobs.get();               // in another
///
/// Strictly first in, first out, over all producers: an item whose put returned
/// before another's put began comes out first, and get never finds the queue
/// empty while such an item is in it. Who gets an item is not promised:
/// a get that finds one takes it, even while others wait.
///
/// Memory grows and shrinks with the items that are there, in blocks of about
/// 2 KiB, also where maxsize is large.
///
/// In the child of a fork(), a put that another thread was in the middle of has
/// not happened, and an item that one was about to take is gone with it. Items
/// that others had taken and not done count as unfinished there, for ever: a
/// child that wants to join() says task_done() for them.
template <class T>
class Queue : public BasicQueue<T, detail::Fifo<typename detail::Boxed<T>::Stored>> {
  using Base = BasicQueue<T, detail::Fifo<typename detail::Boxed<T>::Stored>>;

 public:
  using Base::Base;
};

template <class T, class Items>
template <class Make>
std::size_t BasicQueue<T, Items>::give_some(std::size_t n, Make&& make, const Timeout& timeout) {
  struct PuttingSome {
    bool take(unsigned) { return (count = queue.items_.put_some(n, make)) != 0 || queue.items_.closed(); }
    bool more() const noexcept { return queue.items_.has_room(1); }

    BasicQueue& queue;
    std::size_t n;
    Make& make;
    std::size_t count = 0;
  };
  std::size_t done = 0;
  while (done < n) {
    PuttingSome putting{*this, n - done, make};
    try {
      if (!putting.take(0)) putters_.wait(detail::Attempt(putting), timeout, "Queue.put", this, name_.c_str());
    } catch (...) {
      takers_.notify();  // a few may have been put before a comparison threw
      throw;
    }
    if (putting.count == 0) break;
    takers_.notify();
    done += putting.count;
  }
  return done;
}

template <class T, class Items>
template <std::ranges::input_range Range>
requires std::constructible_from<T, detail::ReadItem<Range>> std::size_t BasicQueue<T, Items>::put_many(
    Range&& range, const Timeout& timeout) {
  check(timeout);
  enter();
  const Timeout until = timeout.from_now();
  auto it = std::ranges::begin(range);
  auto end = std::ranges::end(range);
  std::size_t count = 0;
  std::vector<Stored> ready;  // what may throw does so before a ticket is taken
  ready.reserve(Batch);
  while (it != end) {
    for (ready.clear(); ready.size() < Batch && it != end; ++it)
      ready.push_back(Box::pack(detail::read_item<Range>(it)));
    auto next = ready.begin();
    std::size_t put = give_some(
        ready.size(), [&] { return std::move(*next++); }, until);
    count += put;
    if (put != ready.size()) {
      if (is_shutdown()) detail::throw_shut_down();
      break;
    }
  }
  return count;
}

template <class T, class Items>
std::vector<T> BasicQueue<T, Items>::get_many(std::size_t n, const Timeout& timeout) {
  std::vector<T> items;
  if (n == 0) return items;
  std::optional<Stored> first;
  if (take(first, timeout) != detail::Tried::Done) return items;
  items.reserve(std::min(n, items_.size() + 1));
  n = std::min(n, items.capacity());  // so that nothing has to be moved again
  items.push_back(std::move(Box::open(*first)));
  // A comparison that throws has taken nothing, and what was taken before is not
  // to be lost for it: the next call meets it again.
  auto took = [](auto&& take) {
    try {
      return take();
    } catch (const GreenletExit&) {
      throw;
    } catch (...) {
      return false;
    }
  };
  while (items.size() < n) {
    if constexpr (Box::in_box) {  // one at a time, so that a move that throws costs one item
      std::optional<Stored> next;
      if (!took([&] { return take(next, 0) == detail::Tried::Done; })) break;
      items.push_back(std::move(Box::open(*next)));
    } else {
      std::size_t most = std::min(n - items.size(), Batch);
      auto keep = [&](Stored&& item) { items.push_back(std::move(item)); };
      if (!took([&] { return items_.get_some(most, keep) != 0; })) break;
      if (items_.bounded()) putters_.notify();
    }
  }
  return items;
}

template <class T, class Items>
void BasicQueue<T, Items>::task_done() {
  enter();
  std::uint64_t done = done_.load(std::memory_order_relaxed), seen = puts_seen_.load(std::memory_order_relaxed);
  do {
    if (done + 1 >= seen) {  // the last one, or one too many, for all that we know
      seen = items_.puts();
      puts_seen_.store(seen, std::memory_order_relaxed);
      if (done >= seen) detail::throw_too_many_task_done();
    }
  } while (!done_.compare_exchange_weak(done, done + 1, std::memory_order_seq_cst, std::memory_order_relaxed));
  if (done + 1 >= seen && unfinished_tasks() == 0) joiners_.notify_all();
}

template <class T, class Items>
std::size_t BasicQueue<T, Items>::unfinished_tasks() const noexcept {
  std::uint64_t done = done_.load(std::memory_order_seq_cst);  // first: it never passes the puts
  std::uint64_t puts = items_.puts();
  return static_cast<std::size_t>(puts - std::min(done, puts));  // but in a child of fork() puts may be gone
}

template <class T, class Items>
bool BasicQueue<T, Items>::join(const Timeout& timeout) {
  enter();
  if (unfinished_tasks() == 0) return true;
  Joining joining{*this};
  return joiners_.wait(detail::Attempt(joining), timeout, "Queue.join", this, name_.c_str());
}

template <class T, class Items>
void BasicQueue<T, Items>::shutdown(ShutdownOptions options) {
  enter();
  items_.close();
  takers_.notify_all();
  putters_.notify_all();
  if (!options.immediate) return;
  // One by one: a comparison may throw, and what was dropped by then is done.
  struct Dropping {
    ~Dropping() { joiners.notify_all(); }
    detail::Gate& joiners;
  } dropping{joiners_};
  for (std::optional<Stored> item; items_.get(item) == detail::Tried::Done; item.reset()) {
    std::uint64_t done = done_.load(std::memory_order_relaxed), next;
    do {
      next = std::min(done + 1, items_.puts());
    } while (!done_.compare_exchange_weak(done, next, std::memory_order_seq_cst, std::memory_order_relaxed));
  }
}

}  // namespace weft::queue
