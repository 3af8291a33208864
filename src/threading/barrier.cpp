// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/barrier.hpp"

#include "sync/barrier.hpp"
#include "wait/waiter.hpp"

namespace weft::threading {
namespace {

std::uint32_t checked(int parties) {
  if (parties < 1) throw ValueError("parties must be >= 1");
  if (static_cast<std::uint32_t>(parties) > sync::Barrier<wait::InProcess>::MostParties) {
    throw ValueError("parties must be <= 1048575");
  }
  return static_cast<std::uint32_t>(parties);
}

}  // namespace

struct Barrier::Body {
  sync::Barrier<wait::InProcess> barrier;
  BarrierOptions options;
};

BrokenBarrierError::~BrokenBarrierError() = default;

Barrier::Barrier(int parties, BarrierOptions options)
    : body_(new Body{sync::Barrier<wait::InProcess>(checked(parties)), std::move(options)}) {}
Barrier::~Barrier() = default;

int Barrier::wait() { return wait(body_->options.timeout); }

int Barrier::wait(const Timeout& timeout) {
  int index = body_->barrier.wait(timeout, {"Barrier", this}, body_->options.action);
  if (index == body_->barrier.Broken) {
    wait::in_vain();
    throw BrokenBarrierError();
  }
  return index;
}

void Barrier::reset() noexcept { body_->barrier.reset(); }
void Barrier::abort() noexcept { body_->barrier.abort(); }
int Barrier::parties() const noexcept { return static_cast<int>(body_->barrier.parties()); }
int Barrier::n_waiting() const noexcept { return static_cast<int>(body_->barrier.n_waiting()); }
bool Barrier::broken() const noexcept { return body_->barrier.broken(); }

}  // namespace weft::threading
