// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/detail/gathering.hpp"

#include "wait/place.hpp"
#include "wait/waiter.hpp"
#include "work/gatherer.hpp"

namespace weft::detail {

Gathering::Gathering() : body_(new work::Gatherer<wait::InProcess, Work>) {}
Gathering::~Gathering() { body_->leave(); }

void Gathering::add(Work& work, std::size_t number) { body_->add(work, number, workers_here != nullptr); }

std::size_t Gathering::next(const Timeout& timeout) {
  return body_->next(timeout, [] { wait::in_vain(); });
}

std::size_t Gathering::missing() const noexcept { return body_->missing(); }

}  // namespace weft::detail
