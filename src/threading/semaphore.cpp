// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/semaphore.hpp"

#include "sync/semaphore.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"

namespace weft::threading {
namespace {

constexpr int Most = 1 << 30;

std::uint32_t checked(int value) {
  if (value < 0) throw ValueError("semaphore initial value must be >= 0");
  if (value > Most) throw ValueError("semaphore initial value is too large");
  return static_cast<std::uint32_t>(value);
}

}  // namespace

Semaphore::Semaphore(int value) : Semaphore(value, detail::SemaphoreWord::Most) {}
Semaphore::Semaphore(int value, std::uint32_t limit)
    : word_(checked(value)), careful_(limit != detail::SemaphoreWord::Most), limit_(limit) {}
BoundedSemaphore::BoundedSemaphore(int value) : Semaphore(value, checked(value)) {}

bool Semaphore::acquire_slow(const Timeout& timeout) {
  return sync::acquire_permit<wait::InProcess>(word_, careful_, timeout, {"Semaphore", this}) || wait::in_vain();
}

bool Semaphore::acquire_slow() { return acquire_slow(Timeout()); }

void Semaphore::lock_slow() {
  while (!acquire_slow()) {
  }
}

void Semaphore::release_carefully(int n) {
  if (n < 1) throw ValueError("n must be one or more");
  if (!sync::release_permits<wait::InProcess>(word_, careful_, static_cast<std::uint32_t>(n), limit_)) {
    throw ValueError("Semaphore released too many times");
  }
}

void Semaphore::release_slow(std::uint32_t found) noexcept {
  sync::release_permit_slow<wait::InProcess>(word_, careful_, found);
}

}  // namespace weft::threading
