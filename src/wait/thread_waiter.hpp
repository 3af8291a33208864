// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "os/bell.hpp"
#include "os/cpu.hpp"
#include "os/mutex.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {

/// An OS thread as one who waits.
class ThreadWaiter final : public Waiter {
 public:
  ThreadWaiter() noexcept : Waiter(false) {}

  void rest(std::int64_t deadline) noexcept override;
  int rest_on(const std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline) noexcept override;
  int rest_on(std::span<pollfd> descriptors, std::int64_t deadline) noexcept override;  // descriptors.cpp
  void rouse() noexcept override;
  bool spin(unsigned round, Coming coming) noexcept override;

  ThreadWaiter* next_spare = nullptr;

 private:
  void note_sleep(bool woken) noexcept;
  bool looks_longer() const noexcept;

  std::uint64_t begun_ = 0;  // the last wait, in ticks
  bool was_short_ = false;   // the last one that slept: to sleep and to be woken took about as long
  os::Gave gave_ = os::Gave::Nothing;
  os::Bell* bell_ = nullptr;  // while Polling: for the one who changes that to Roused
};

/// Guards the ThreadWaiters that wait to be used again; for fork().
os::Mutex& spares_mutex() noexcept;

}  // namespace weft::wait
