// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/concurrent/futures/future.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "weft/concurrent/futures/wait.hpp"

namespace weft::concurrent::futures {

void AnyFuture::throw_empty() { throw RuntimeError("this handle stands for no future"); }

std::exception_ptr AnyFuture::exception(const Timeout& timeout) const {
  if (!work().wait(timeout)) throw TimeoutError();
  if (cancelled()) throw CancelledError();
  return work().failure();
}

}  // namespace weft::concurrent::futures

namespace weft::detail {

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
