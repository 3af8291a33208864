// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

#include "weft/detail/items.hpp"

namespace weft::detail {

/// Items from one range or from several side by side, one at a time, until the
/// shortest ends. An lvalue is referred to, and must live as long.
template <class... Ranges>
class Source {
 public:
  using Item = std::conditional_t<sizeof...(Ranges) == 1,
                                  std::tuple_element_t<0, std::tuple<std::ranges::range_value_t<Ranges>...>>,
                                  std::tuple<std::ranges::range_value_t<Ranges>...>>;

  template <class... R>
  explicit Source(R&&... ranges) : kept_(std::make_unique<Kept>(std::forward<R>(ranges)...)) {}

  std::optional<Item> next() {
    if (!kept_->begun) kept_->begin();
    return kept_->next();
  }

  /// How many there are, where all of them can tell.
  std::optional<std::size_t> size() const {
    if constexpr ((... && std::ranges::sized_range<std::ranges::views::all_t<Ranges>>)) {
      std::size_t least = ~std::size_t{0};
      auto look = [&](std::size_t size) { least = size < least ? size : least; };
      std::apply([&](auto&... range) { (..., look(static_cast<std::size_t>(std::ranges::size(range)))); },
                 kept_->ranges);
      return least;
    } else {
      return std::nullopt;
    }
  }

 private:
  // On the heap: iterators into a range that is kept may not bear that it moves.
  struct Kept {
    template <class... R>
    explicit Kept(R&&... r) : ranges(std::forward<R>(r)...) {}

    void begin() {
      begun = true;
      std::apply([this](auto&... range) { at.emplace(std::ranges::begin(range)...); }, ranges);
    }

    std::optional<Item> next() { return next(std::index_sequence_for<Ranges...>()); }

    // It goes on to an item only when that is asked for: to find out whether there
    // is one may take as long as it likes.
    template <std::size_t... I>
    std::optional<Item> next(std::index_sequence<I...>) {
      if (std::exchange(taken, false)) (..., ++std::get<I>(*at));
      if ((... || (std::get<I>(*at) == std::ranges::end(std::get<I>(ranges))))) return std::nullopt;
      std::optional<Item> item(std::in_place, read_item<Ranges>(std::get<I>(*at))...);
      taken = true;
      return item;
    }

    std::tuple<std::ranges::views::all_t<Ranges>...> ranges;
    std::optional<std::tuple<std::ranges::iterator_t<std::ranges::views::all_t<Ranges>>...>> at;
    bool begun = false;
    bool taken = false;  // the one that `at` is at
  };

  std::unique_ptr<Kept> kept_;
};

}  // namespace weft::detail
