// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "weft/detail/fifo.hpp"
#include "weft/detail/gate.hpp"
#include "weft/errors.hpp"
#include "weft/threading/lock.hpp"

namespace weft::detail {

/// What Fifo is for Queue, for orders that need one look at all items: a
/// container under a lock. Order has push(T&) and T pop(), which do nothing if
/// they throw, size(), and empty_one(), which makes another of its kind.
template <class T, class Order>
class Locked {
 public:
  explicit Locked(std::int64_t maxsize, Order order = {})
      : order_(std::move(order)),
        maxsize_(maxsize > 0 ? static_cast<std::uint64_t>(maxsize) : std::numeric_limits<std::uint64_t>::max()) {
    ThisProcess::watch_forks();
    generation_.store(ThisProcess::fork_generation(), std::memory_order_relaxed);
  }

  Tried put(T& item) {
    Changing changing(*this);
    if (closed_.load(std::memory_order_relaxed)) return Tried::Closed;
    if (order_.size() >= maxsize_) return Tried::Not;
    order_.push(item);
    add_one(put_count_);
    return Tried::Done;
  }

  Tried get(std::optional<T>& item) {
    Changing changing(*this);
    if (order_.size() == 0) return closed_.load(std::memory_order_relaxed) ? Tried::Closed : Tried::Not;
    item.emplace(pop());
    return Tried::Done;
  }

  template <class Make>
  std::size_t put_some(std::size_t n, Make&& make) {
    Changing changing(*this);
    if (closed_.load(std::memory_order_relaxed)) return 0;
    std::size_t count = 0;
    for (; count < n && order_.size() < maxsize_; ++count) {
      T item = make();
      order_.push(item);
      add_one(put_count_);
    }
    return count;
  }

  template <class Take>
  std::size_t get_some(std::size_t n, Take&& take) {
    Changing changing(*this);
    std::size_t count = 0;
    try {
      for (; count < n && order_.size() != 0; ++count) take(pop());
    } catch (const GreenletExit&) {
      throw;
    } catch (...) {
      if (count == 0) throw;  // else the next call meets it again
    }
    return count;
  }

  void close() {
    Changing changing(*this);
    closed_.store(true, std::memory_order_release);
  }
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

  std::size_t size() const noexcept {
    for (;;) {  // both as they were at one moment: more than maxsize there never are
      std::uint64_t gets = get_count_.load(std::memory_order_acquire), puts = this->puts();
      if (get_count_.load(std::memory_order_relaxed) == gets) return static_cast<std::size_t>(puts - gets);
    }
  }
  std::uint64_t puts() const noexcept { return put_count_.load(std::memory_order_acquire); }
  bool bounded() const noexcept { return maxsize_ != std::numeric_limits<std::uint64_t>::max(); }
  bool has_room(std::int64_t n) const noexcept {
    return !bounded() || size() + static_cast<std::uint64_t>(n) <= maxsize_;
  }

  bool forked() const noexcept { return generation_.load(std::memory_order_acquire) != ThisProcess::fork_generation(); }

  /// In a child of fork(): if another thread was changing the container, there
  /// is no telling what it holds. Then this one starts empty, and what was in it
  /// is not destroyed. (A lock whose holder was left behind counts as free.)
  template <class Also>
  void repair(Also&& also) {
    Held held(lock_);
    if (!forked()) return;
    also();
    if (changing_) {
      put_count_.store(get_count_.load(std::memory_order_relaxed), std::memory_order_relaxed);
      std::construct_at(&order_, order_.empty_one());
      changing_ = false;
    }
    generation_.store(ThisProcess::fork_generation(), std::memory_order_release);
  }

 private:
  struct Changing {
    explicit Changing(Locked& l) noexcept : held(l.lock_), locked(l) { locked.changing_ = true; }
    ~Changing() { locked.changing_ = false; }
    Held held;
    Locked& locked;
  };

  static void add_one(std::atomic<std::uint64_t>& counter) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  T pop() {
    T item = order_.pop();
    add_one(get_count_);
    return item;
  }

  threading::Lock lock_;
  bool changing_ = false;  // under lock_, as order_ is
  Order order_;
  const std::uint64_t maxsize_;

  // Written under lock_, read by anyone.
  std::atomic<bool> closed_{false};
  std::atomic<std::uint64_t> put_count_{0};
  std::atomic<std::uint64_t> get_count_{0};
  std::atomic<std::uint32_t> generation_{0};  // of forks
};

}  // namespace weft::detail
