// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/detail/gathering.hpp"

#include <utility>

#include "wait/place.hpp"
#include "wait/waiter.hpp"
#include "work/gatherer.hpp"

namespace weft::detail {

Gathering::Gathering() : body_(new work::Gatherer<wait::InProcess, Work>) {}
Gathering::~Gathering() { body_->leave(); }

void Gathering::add(Work& work, std::size_t number) {
  some_lost_ = some_lost_ || work.left_behind();
  body_->add(work, number, workers_here != nullptr);
}

std::size_t Gathering::next(const Timeout& timeout) {
  if (std::exchange(generation_, fork_generation) != fork_generation) some_lost_ = true;
  if (some_lost_ && body_->only_lost_left()) Work::throw_left_behind();
  return body_->next(timeout, [] { wait::in_vain(); });
}

bool Gathering::has_next() const noexcept { return body_->has_next(); }

std::size_t Gathering::missing() const noexcept { return body_->missing(); }

}  // namespace weft::detail
