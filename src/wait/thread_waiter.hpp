// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "os/bell.hpp"
#include "os/clock.hpp"
#include "os/cpu.hpp"
#include "os/futex.hpp"
#include "os/mutex.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {

/// An OS thread as one who waits.
class ThreadWaiter final : public Waiter {
 public:
  ThreadWaiter() noexcept : Waiter(false) {}

  void rest(std::int64_t deadline) noexcept override { rest_and_read(deadline, nullptr); }
  /// The same for who reads `word` afterwards: it is fetched as soon as that is possible.
  void rest_and_read(std::int64_t deadline, const void* word) noexcept;
  int rest_on(const std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline) noexcept override;
  int rest_on(std::span<pollfd> descriptors, std::int64_t deadline) noexcept override;  // descriptors.cpp
  bool spin(unsigned round, Coming coming) noexcept override;

  ThreadWaiter* next_spare = nullptr;

 private:
  friend class Waiter;
  void note_sleep(bool woken) noexcept;
  bool looks_longer() const noexcept;

  std::uint64_t begun_ = 0;  // the last wait, in ticks
  bool was_short_ = false;   // the last one that slept: to sleep and to be woken took about as long
  os::Gave gave_ = os::Gave::Nothing;
  os::Bell* bell_ = nullptr;  // while Polling: for the one who changes that to Roused
};

inline void ThreadWaiter::rest_and_read(std::int64_t deadline, const void* word) noexcept {
  if (rests_in_hub()) return rest_in_hub(deadline);
  // On the test's clock nothing ends by itself: move_clock rouses everybody.
  if (os::TestClock::active()) deadline = os::Never;
  if (signal_.lie_down(signal_.Asleep)) {
    const int error = os::futex_wait(signal_.word(), signal_.Asleep, deadline, os::Scope::Private);
    __builtin_prefetch(word);
    note_sleep(error == 0);
  }
  signal_.get_up();
}

inline void ThreadWaiter::note_sleep(bool woken) noexcept {
  was_short_ = woken && os::ticks() - begun_ < os::ticks_of_a_slice() / 4;
}

/// me.rest_and_read(), for an OS thread in the caller's own code; futex.hpp says why.
inline void rest_and_read(Waiter& me, std::int64_t deadline, const void* word) noexcept {
  if (me.green()) return me.rest(deadline);
  static_cast<ThreadWaiter&>(me).rest_and_read(deadline, word);
}

/// Guards the ThreadWaiters that wait to be used again; for fork().
os::Mutex& spares_mutex() noexcept;

}  // namespace weft::wait
