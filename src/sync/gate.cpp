// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "sync/gate.hpp"

#include <algorithm>

#include "os/cpu.hpp"
#include "wait/fork.hpp"
#include "wait/waiter.hpp"

namespace weft::detail {

using GateHere = sync::Gate<wait::InProcess>;

bool Gate::wait(const Attempt& attempt, const Timeout& timeout, const char* kind, const void* object,
                const char* name) {
  return GateHere::wait(words_, attempt, wait::Deadline(timeout), {kind, object, name}) || wait::in_vain();
}

void Gate::notify_slow() noexcept { GateHere::notify(words_); }
void Gate::notify_all_slow() noexcept { GateHere::notify_all(words_); }

void Gate::reset() noexcept {
  words_.word.store(0, std::memory_order_relaxed);
  words_.sleepers.store(0, std::memory_order_relaxed);
}

void ThisProcess::linger(unsigned round) noexcept {
  constexpr unsigned Pauses = 10, ShortRounds = 4;
  if (wait::InProcess::spin(round, wait::Coming::Work)) return;
  if (round < ShortRounds) {  // it is not worth giving the core away, but a few instructions may be all that it takes
    for (unsigned i = 0; i < Pauses; ++i) os::cpu_pause();
    return;
  }
  // Whoever we wait for has lost its core. It does not know of us, so we look again.
  static constinit const std::atomic<std::uint32_t> nobody_changes_it{0};
  constexpr std::int64_t Nap = 50'000;
  os::futex_wait(nobody_changes_it, 0, os::now() + Nap, os::Scope::Private);
}

void ThisProcess::back_off(unsigned lost) noexcept {
  constexpr unsigned Pauses = 32, Doublings = 2;
  for (unsigned n = Pauses << std::min(lost, Doublings); n-- > 0;) os::cpu_pause();
}

alignas(64) constinit std::atomic<bool> ThisProcess::fences_everyone{false};

void ThisProcess::prepare_fences() noexcept { fences_everyone.store(os::prepare_fences(), std::memory_order_relaxed); }

// When the library is loaded: it takes ten thousand times as long once there are threads.
[[gnu::constructor]] static void prepare_fences() noexcept { ThisProcess::prepare_fences(); }

bool ThisProcess::fence_everyone() noexcept {
  if (os::fence_everyone()) return true;
  fences_everyone.store(false, std::memory_order_relaxed);
  return false;
}

void ThisProcess::watch_forks() noexcept { wait::watch_forks(); }

}  // namespace weft::detail
