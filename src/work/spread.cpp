// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/detail/spread.hpp"

#include <algorithm>

#include "os/clock.hpp"
#include "os/cpu.hpp"
#include "work/lock_guard.hpp"
#include "work/scheduler.hpp"

namespace weft::detail {
namespace {

constexpr std::size_t Parts = 4;  // for each worker, if they were all of a size

// A chunk should take at least so many ticks, about half a microsecond: to fetch it from
// where all fetch theirs takes a tenth of that and more.
std::uint64_t worth_it() noexcept { return os::ticks_of_a_slice() / 512; }

}  // namespace

Spread::Spread(std::size_t items, std::size_t chunk, int workers, Progress progress)
    : items_(items), chunk_(chunk), share_(static_cast<std::size_t>(workers) * Parts), left_(items) {
  if (progress) tracker_.emplace(std::move(progress), items);
}

// How many there are to do from `from` on.
std::size_t Spread::take(std::size_t& from) noexcept {
  from = next_.load(std::memory_order_relaxed);
  for (;;) {
    std::size_t left = items_ - from;
    if (left == 0) return 0;
    std::size_t some = chunk_ != 0 ? chunk_ : std::max(left / share_, least_.load(std::memory_order_relaxed));
    some = std::min(some, left);
    if (next_.compare_exchange_weak(from, from + some, std::memory_order_relaxed)) return some;
  }
}

// One more may take part. Without him it goes as well, so it does not matter why he cannot come.
void Spread::invite(Work& job) noexcept {
  job.hold();
  try {
    if (job.home()->put(job, 0)) return;
  } catch (...) {
  }
  job.drop();
}

bool Spread::take_part(Work& job, Do chunk) {
  if (items_ == 0) return next_.exchange(1, std::memory_order_relaxed) == 0;  // the first who comes
  Workers& workers = *job.home();
  const int size = workers.size();
  std::size_t from, done = 0;
  for (std::size_t some; (some = take(from)) != 0; done += some) {
    if (workers.stop_requested()) [[unlikely]] {
      failed(from, cancelled());
      continue;
    }
    if (next_.load(std::memory_order_relaxed) != items_) {
      int invited = invited_.load(std::memory_order_relaxed);
      if (invited < size && invited_.compare_exchange_strong(invited, invited + 1, std::memory_order_relaxed)) {
        invite(job);
      }
    }
    const bool measured = done == 0 && chunk_ == 0;
    const std::int64_t begun = tracker_ ? os::monotonic() : 0;
    const std::uint64_t ticks = measured ? os::ticks() : 0;
    chunk(job, from, from + some);
    const std::uint64_t took = measured ? std::max<std::uint64_t>(os::ticks() - ticks, 1) : 0;
    if (tracker_) tracker_->note(some, begun, os::monotonic());
    work::Scheduler::part_ended();
    if (measured) least_.store(std::max<std::size_t>(worth_it() * some / took, 1), std::memory_order_relaxed);
  }
  // release, acquire: who finishes the last item sees what the others did.
  return done != 0 && left_.fetch_sub(done, std::memory_order_acq_rel) == done;
}

void Spread::failed(std::size_t item, std::exception_ptr failure) noexcept {
  work::LockGuard<> held(lock_, "map");
  if (failure_ != nullptr && failed_ <= item) return;
  failure_ = std::move(failure);
  failed_ = item;
}

}  // namespace weft::detail
