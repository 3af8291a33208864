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
#include "weft/threading/lock.hpp"

namespace weft::detail {

/// What Fifo is for Queue, for orders that need one look at all items: a
/// container under a lock. Order has push(T&) and T pop(), which do nothing if
/// they throw, and size().
template <class T, class Order>
class Locked {
 public:
  explicit Locked(std::int64_t maxsize)
      : maxsize_(maxsize > 0 ? static_cast<std::uint64_t>(maxsize) : std::numeric_limits<std::uint64_t>::max()) {
    InProcess::watch_forks();
    generation_.store(InProcess::fork_generation(), std::memory_order_relaxed);
  }

  Tried put(T& item) {
    Held held(*this);
    if (closed_.load(std::memory_order_relaxed)) return Tried::Closed;
    if (order_.size() >= maxsize_) return Tried::Not;
    order_.push(item);
    put_count_.store(put_count_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    return Tried::Done;
  }

  Tried get(std::optional<T>& item) {
    Held held(*this);
    if (order_.size() == 0) return closed_.load(std::memory_order_relaxed) ? Tried::Closed : Tried::Not;
    item.emplace(order_.pop());
    return Tried::Done;
  }

  template <class Make>
  std::size_t put_some(std::size_t n, Make&& make) {
    Held held(*this);
    if (closed_.load(std::memory_order_relaxed)) return 0;
    std::size_t count = 0;
    for (; count < n && order_.size() < maxsize_; ++count) {
      T item = make();
      order_.push(item);
      put_count_.store(put_count_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
    return count;
  }

  template <class Take>
  std::size_t get_some(std::size_t n, Take&& take) {
    Held held(*this);
    std::size_t count = 0;
    try {
      for (; count < n && order_.size() != 0; ++count) take(order_.pop());
    } catch (...) {
      if (count == 0) throw;  // else the next call meets it again
    }
    return count;
  }

  void close() {
    Held held(*this);
    closed_.store(true, std::memory_order_release);
  }
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

  std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }
  std::uint64_t puts() const noexcept { return put_count_.load(std::memory_order_acquire); }
  bool bounded() const noexcept { return maxsize_ != std::numeric_limits<std::uint64_t>::max(); }
  bool has_room(std::int64_t n) const noexcept {
    return !bounded() || size() + static_cast<std::uint64_t>(n) <= maxsize_;
  }

  bool forked() const noexcept { return generation_.load(std::memory_order_acquire) != InProcess::fork_generation(); }

  /// In a child of fork(): if another thread was changing the container, there
  /// is no telling what it holds. Then this one starts empty, and what was in it
  /// is not destroyed. (A lock whose holder was left behind counts as free.)
  template <class Also>
  void repair(Also&& also) {
    lock_.lock();
    if (forked()) {
      also();
      if (changing_) {
        put_count_.store(put_count_.load(std::memory_order_relaxed) - size(), std::memory_order_relaxed);
        std::construct_at(&order_);
        size_.store(0, std::memory_order_relaxed);
        changing_ = false;
      }
      generation_.store(InProcess::fork_generation(), std::memory_order_release);
    }
    lock_.release();
  }

 private:
  struct Held {
    explicit Held(Locked& l) : locked(l) {
      locked.lock_.lock();
      locked.changing_ = true;
    }
    ~Held() {
      locked.size_.store(locked.order_.size(), std::memory_order_release);
      locked.changing_ = false;
      locked.lock_.release();
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    Locked& locked;
  };

  threading::Lock lock_;
  bool changing_ = false;  // under lock_, as order_ is
  Order order_;
  const std::uint64_t maxsize_;

  // Written under lock_, read by anyone.
  std::atomic<bool> closed_{false};
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint64_t> put_count_{0};
  std::atomic<std::uint32_t> generation_{0};  // of forks
};

}  // namespace weft::detail
