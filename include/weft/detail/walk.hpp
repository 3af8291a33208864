// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace weft::detail {

/// Where a loop is in a range that is walked once. ++ only notes that the next item
/// is wanted; whoever looks, for the item or for the end, fetches it. So no more is
/// taken than was asked for: std::views::take steps on from its last item, and does
/// not look.
///
/// `Place` points to what has the item, mostly the range: `T* now()` is the item, or
/// null at the end, and `go_on()` fetches the next one. If that throws, nothing is
/// wanted any more. What is wanted is noted here, not there: a loop inside of a loop
/// over the same range may end with a note that nobody is to follow.
template <class T, class Place>
class Walk {
 public:
  using iterator_concept = std::input_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;

  explicit Walk(Place place) : place_(std::move(place)) {}
  // Whoever copies it looks: both are at one item.
  Walk(const Walk& other) requires std::copyable<Place> : place_((other.fetch(), other.place_)), wanted_(false) {}
  Walk(Walk&& other) noexcept(std::is_nothrow_move_constructible_v<Place>) = default;
  Walk& operator=(const Walk& other) requires std::copyable<Place> { return *this = Walk(other); }
  Walk& operator=(Walk&& other) noexcept(std::is_nothrow_move_assignable_v<Place>) = default;
  ~Walk() = default;

  T& operator*() const { return *now(); }
  T* operator->() const { return now(); }
  Walk& operator++() {
    fetch();
    wanted_ = true;
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const Walk& walk, std::default_sentinel_t) { return walk.now() == nullptr; }

 private:
  T* now() const {
    fetch();
    return place_->now();
  }
  void fetch() const {
    if (std::exchange(wanted_, false)) place_->go_on();
  }

  mutable Place place_;  // which may be the item's own
  mutable bool wanted_ = true;
};

/// A Place of a loop that has its item to itself, as others may walk the same range:
/// `take_into(std::optional<T>&)` of the range takes the next item, or leaves none.
template <class T, class Range>
class InHand {
 public:
  explicit InHand(Range& range) noexcept : range_(&range) {}

  InHand* operator->() noexcept { return this; }
  T* now() noexcept { return item_ ? std::addressof(*item_) : nullptr; }
  void go_on() {
    item_.reset();
    range_->take_into(item_);
  }

 private:
  Range* range_;
  std::optional<T> item_;
};

}  // namespace weft::detail
