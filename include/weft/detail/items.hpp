// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace weft::detail {

/// Whether a range, as Range&&, is handed over with its items: those are not read
/// again, and may be moved out. Those of a view, and of what only refers to them, may be
/// somebody else's.
template <class Range>
inline constexpr bool handed_over =
    !std::is_lvalue_reference_v<Range> && !std::ranges::view<Range> && !std::ranges::borrowed_range<Range>;

/// What `at`, an iterator into such a range, brings: to be moved from, if it is handed over.
template <class Range, class At>
decltype(auto) read_item(const At& at) {
  if constexpr (handed_over<Range>) {
    return std::ranges::iter_move(at);
  } else {
    return *at;
  }
}

template <class Range>
using ReadItem = std::conditional_t<handed_over<Range>, std::ranges::range_rvalue_reference_t<Range>,
                                    std::ranges::range_reference_t<Range>>;

/// The items of a range in a vector of their own: moved out of one that is handed
/// over, else copied.
template <class Range, class T = std::ranges::range_value_t<Range>>
auto list_of(Range&& items) {
  using List = std::vector<T>;
  if constexpr (std::is_same_v<Range, List>) {
    return List(std::forward<Range>(items));
  } else {
    List list;
    if constexpr (std::ranges::sized_range<Range>) list.reserve(static_cast<std::size_t>(std::ranges::size(items)));
    const auto end = std::ranges::end(items);
    for (auto at = std::ranges::begin(items); at != end; ++at) list.push_back(read_item<Range>(at));
    return list;
  }
}

}  // namespace weft::detail
