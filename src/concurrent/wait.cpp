// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/concurrent/futures/wait.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "weft/errors.hpp"

namespace weft::detail {

void throw_unfinished(std::size_t unfinished, std::size_t all) {
  throw TimeoutError(std::to_string(unfinished) + " (of " + std::to_string(all) + ") futures unfinished");
}

std::vector<std::size_t> first_of_each(const std::vector<Work*>& works) {
  std::vector<std::size_t> places(works.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::stable_sort(places, {}, [&](std::size_t i) { return works[i]; });
  auto same = [&](std::size_t i, std::size_t j) { return works[i] == works[j]; };
  places.erase(std::unique(places.begin(), places.end(), same), places.end());
  std::ranges::sort(places);
  return places;
}

}  // namespace weft::detail
