// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/queue/locked.hpp"
#include "weft/queue/queue.hpp"

namespace weft::detail {

// a < b. std::less would bring <functional> along, a tenth of this header's cost.
struct Less {
  template <class T>
  bool operator()(const T& a, const T& b) const {
    return a < b;
  }
};

/// A binary heap, lowest first, that a throwing comparison leaves as it was: it
/// compares first and moves when nothing can fail any more.
template <class T, class Compare>
class Heap {
  static_assert(std::copy_constructible<Compare> && std::predicate<const Compare&, const T&, const T&>,
                "a queue's Compare is copied, and called as const");
  using Box = Boxed<T>;
  using Stored = typename Box::Stored;

 public:
  Heap() requires(std::default_initializable<Compare> && !std::is_pointer_v<Compare>) = default;
  explicit Heap(Compare compare) : compare_(std::move(compare)) {}

  void push(Stored& item) {
    if (items_.size() == items_.capacity()) items_.reserve(items_.size() < 8 ? 16 : items_.size() * 2);
    std::size_t to = items_.size();
    while (to != 0 && less(item, items_[(to - 1) / 2])) to = (to - 1) / 2;
    items_.push_back(std::move(item));
    std::size_t at = items_.size() - 1;
    if (at == to) return;
    Stored rising = std::move(items_[at]);
    for (; at != to; at = (at - 1) / 2) replace(at, items_[(at - 1) / 2]);
    replace(to, rising);
  }

  Stored pop() {
    // The way down that the last item goes, from the top, a bit a level: 1 is right.
    const std::size_t last = items_.size() - 1;
    std::uint64_t way = 0;
    unsigned levels = 0;
    for (std::size_t at = 0; 2 * at + 1 < last; ++levels) {
      std::size_t child = 2 * at + 1;
      if (child + 1 < last && less(items_[child + 1], items_[child])) ++child;
      if (!less(items_[child], items_[last])) break;
      way |= static_cast<std::uint64_t>(child % 2 == 0) << levels;
      at = child;
    }
    Stored lowest = std::move(items_[0]);
    std::size_t at = 0;
    for (unsigned level = 0; level < levels; ++level) {
      std::size_t child = 2 * at + 1 + ((way >> level) & 1);
      replace(at, items_[child]);
      at = child;
    }
    if (at != last) replace(at, items_[last]);
    items_.pop_back();
    return lowest;
  }

  std::size_t size() const noexcept { return items_.size(); }
  Heap empty_one() const { return Heap(compare_); }

 private:
  bool less(const Stored& a, const Stored& b) const { return compare_(Box::open(a), Box::open(b)); }

  // Without assignment, which a T need not have.
  void replace(std::size_t at, Stored& item) noexcept {
    std::destroy_at(&items_[at]);
    std::construct_at(&items_[at], std::move(item));
  }

  std::vector<Stored> items_;
  [[no_unique_address]] Compare compare_;
};

}  // namespace weft::detail

namespace weft::queue {

/// A queue whose lowest item comes out first, as queue.PriorityQueue. Which of
/// two is lower, Compare says; which of two equals comes first, nobody does. For
/// the rest it is used as Queue is.
///
///     weft::queue::PriorityQueue<std::pair<int, Job>> jobs;
///     jobs.put({2, later});
///     jobs.put({1, sooner});
///     auto [priority, job] = jobs.get();  // sooner
///
/// If Compare throws, in put or get, the call has done nothing.
///
/// In the child of a fork(), it is empty if another thread was just changing it.
template <class T, class Compare = detail::Less>
class PriorityQueue
    : public BasicQueue<T, detail::Locked<typename detail::Boxed<T>::Stored, detail::Heap<T, Compare>>> {
  using Base = BasicQueue<T, detail::Locked<typename detail::Boxed<T>::Stored, detail::Heap<T, Compare>>>;

 public:
  using Base::Base;

  /// With a Compare that has something to remember, or is a function's address.
  explicit PriorityQueue(Compare compare) : PriorityQueue(QueueOptions{}, std::move(compare)) {}
  PriorityQueue(std::int64_t maxsize, Compare compare)
      : PriorityQueue(QueueOptions{.maxsize = maxsize}, std::move(compare)) {}
  PriorityQueue(QueueOptions options, Compare compare)
      : Base(detail::Heap<T, Compare>(std::move(compare)), std::move(options)) {}
};

}  // namespace weft::queue
