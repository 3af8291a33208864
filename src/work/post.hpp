// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "work/idle.hpp"
#include "work/stand_ins.hpp"

namespace weft::work {

/// What one of a crew works at: a seat to lie in, and who has it. At any moment
/// that is nobody, its own worker, or a guest while that one sleeps.
template <class Place>
struct Post {
  template <class T>
  using Atomic = typename Place::template Atomic<T>;

  explicit Post(std::uint32_t n) noexcept : number(n) {}

  typename Idle<Place>::Seat seat;
  const std::uint32_t number;
  Atomic<bool> present{false};   // lies idle or is up
  Atomic<bool> hired{false};     // there is a thread, or will be
  Atomic<bool> lendable{false};  // its thread runs nothing else while it lies idle
  Atomic<std::uint32_t> cpu{0};  // where its thread was when it was last called
  Signs<Place> signs;
};

}  // namespace weft::work
