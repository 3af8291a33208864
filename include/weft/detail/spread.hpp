// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/detail/api.hpp"
#include "weft/detail/items.hpp"
#include "weft/detail/result.hpp"
#include "weft/detail/tracker.hpp"
#include "weft/progress.hpp"

namespace weft::detail {

/// Items 0 to n-1, handed out in chunks to whoever takes part. The chunks begin
/// large and become smaller, but none smaller than what is worth the trip.
class WEFT_API Spread {
 public:
  /// chunk: so many items each time; 0: as it fits so many workers.
  Spread(std::size_t items, std::size_t chunk, int workers, Progress progress);

  /// Does the items [from, to), and throws nothing.
  using Do = void (*)(Work& job, std::size_t from, std::size_t to);

  /// Takes chunks until none is left, and lets one more worker know as long as
  /// there is enough. True for the one who finished the last item.
  bool take_part(Work& job, Do chunk);

  /// An item failed: the first of them, in order, is what counts.
  void failed(std::size_t item, std::exception_ptr failure) noexcept;
  std::exception_ptr failure() const noexcept { return failure_; }

  void end() noexcept {
    if (tracker_) tracker_->end();
  }

 private:
  std::size_t take(std::size_t& from) noexcept;
  static void invite(Work& job) noexcept;

  // Between words that change and what does not: an aligned record would have to come
  // from the allocator's slow side.
  struct Apart {
    char line[64];
  };

  const std::size_t items_;
  const std::size_t chunk_;
  const std::size_t share_;  // what is left, by so many, makes a chunk
  std::optional<Tracker> tracker_;
  std::exception_ptr failure_;
  std::size_t failed_ = 0;
  std::atomic<std::uint32_t> lock_{0};
  [[maybe_unused]] Apart apart_1_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> least_{1};  // items in a chunk
  [[maybe_unused]] Apart apart_2_;
  std::atomic<std::size_t> left_;
  std::atomic<int> invited_{1};
  [[maybe_unused]] Apart apart_3_;
};

/// Storage for results that are made in any order.
template <class R>
class Slots {
 public:
  static constexpr bool plain =
      std::is_default_constructible_v<R> && std::is_move_assignable_v<R> && !std::is_same_v<R, bool>;
  using Slot = std::conditional_t<plain, R, std::optional<R>>;

  explicit Slots(std::size_t n) : slots_(n) {}
  template <class V>
  void set(std::size_t at, V&& value) {
    if constexpr (plain) {
      slots_[at] = std::forward<V>(value);
    } else {
      slots_[at].emplace(std::forward<V>(value));
    }
  }
  std::vector<R> take() {
    if constexpr (plain) {
      return std::move(slots_);
    } else {
      std::vector<R> all;
      all.reserve(slots_.size());
      for (Slot& slot : slots_) all.push_back(std::move(*slot));
      return all;
    }
  }

 private:
  std::vector<Slot> slots_;
};

template <>
class Slots<void> {
 public:
  explicit Slots(std::size_t) noexcept {}
};

template <class R>
using ListOf = std::conditional_t<std::is_void_v<R>, void, std::vector<std::conditional_t<std::is_void_v<R>, int, R>>>;

/// A Work that calls f(item) for each item of a range at hand, on as many workers
/// as are free, and whose result is the list of results. `Items` is anything with
/// a size and operator[]; it is kept, or refers to what is.
template <class F, class Items, class R>
class MapJob final : public Result<ListOf<R>> {
 public:
  MapJob(std::uint32_t holders, F f, Items items, std::size_t size, std::size_t chunk, int workers, Progress progress)
      : Result<ListOf<R>>(holders),
        inputs_(std::in_place, std::move(f), std::move(items)),
        slots_(size),
        spread_(size, chunk, workers, std::move(progress)) {}

 private:
  void perform() override { take_part(); }

  void take_part() override {
    if (!spread_.take_part(*this, chunk)) return;
    if (spread_.failure() != nullptr) {
      this->fail(spread_.failure());
    } else if constexpr (!std::is_void_v<R>) {
      try {
        this->store(slots_.take());
      } catch (...) {
        this->fail(std::current_exception());
      }
    }
    spread_.end();
    forget_target();
    this->finish();
  }

  // Nobody is at them any more: all chunks are done, or none was begun.
  void forget_target() noexcept override { inputs_.reset(); }

  static void chunk(Work& work, std::size_t from, std::size_t to) {
    auto& job = static_cast<MapJob&>(work);
    Inputs& in = *job.inputs_;
    while (from != to) {
      try {
        for (; from != to; ++from) {
          if constexpr (std::is_void_v<R>) {
            detail::invoke(in.f, in.items[from]);
          } else {
            job.slots_.set(from, detail::invoke(in.f, in.items[from]));
          }
        }
      } catch (...) {
        job.spread_.failed(from++, std::current_exception());
      }
    }
  }

  struct Inputs {
    Inputs(F&& fn, Items&& all) : f(std::move(fn)), items(std::move(all)) {}
    F f;
    Items items;
  };

  std::optional<Inputs> inputs_;
  [[no_unique_address]] Slots<R> slots_;
  Spread spread_;
};

/// What a blocking map refers to: an iterator, by index.
template <class Iterator>
struct Borrowed {
  decltype(auto) operator[](std::size_t at) const { return begin[static_cast<std::iter_difference_t<Iterator>>(at)]; }
  Iterator begin;
};

/// A list that a map has to itself, whose items it moves into f.
template <class T>
class GivenUp {
 public:
  explicit GivenUp(std::vector<T> items) : items_(std::move(items)) {}
  decltype(auto) operator[](std::size_t at) {
    return std::ranges::iter_move(items_.begin() + static_cast<std::ptrdiff_t>(at));
  }

 private:
  std::vector<T> items_;
};

/// Whether a map moves the items of such a range, a Range&&, into f: if they are
/// handed over, and f takes them so.
template <class F, class Range>
inline constexpr bool moves_items =
    std::conjunction_v<std::bool_constant<handed_over<Range>>,
                       std::is_invocable<F&, std::ranges::range_rvalue_reference_t<Range>>>;

template <class F, class Item, class Parts = std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<Item>>>>
inline constexpr bool takes_parts = false;
template <class F, class Item, std::size_t... I>
inline constexpr bool takes_parts<F, Item, std::index_sequence<I...>> =
    std::is_invocable_v<F&, decltype(std::get<I>(std::declval<Item>()))...>;

/// f(item), or f applied to the item's parts.
template <class F>
struct Starred {
  template <class Item>
  requires(takes_parts<F, Item>) decltype(auto) operator()(Item&& item) {
    return std::apply(f, std::forward<Item>(item));
  }
  F f;
};

}  // namespace weft::detail
