// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/detail/tracker.hpp"

#include <algorithm>
#include <vector>

#include "os/clock.hpp"
#include "weft/detail/gate.hpp"
#include "weft/detail/self.hpp"
#include "weft/detail/work.hpp"
#include "work/lock_guard.hpp"

namespace weft::detail {
namespace {

constexpr double Second = 1e9;

}  // namespace

struct Tracker::Body {
  struct Worker {
    std::uint32_t id;
    std::int64_t last_ended;
    WorkerTimes times;
  };

  Body(Progress p, std::optional<std::size_t> t)
      : progress(std::move(p)), total(t), begun(os::monotonic()), next(begun) {}

  void report(bool ended) noexcept {
    ProgressReport report;
    std::int64_t now = os::monotonic();
    report.total = total;
    report.ended = ended;
    report.seconds = static_cast<double>(now - begun) / Second;
    try {
      {
        work::LockGuard<> held(lock, "Progress");
        report.done = done;
        for (const Worker& worker : workers) report.workers.push_back(worker.times);
      }
      progress.report(report);
    } catch (...) {
      report_unheard("exception calling progress callback", std::current_exception());
    }
  }

  Progress progress;
  std::optional<std::size_t> total;
  const std::int64_t begun;
  std::atomic<std::int64_t> next;  // no report before
  std::atomic<bool> reporting{false};
  std::atomic<std::uint32_t> lock{0};
  std::size_t done = 0;
  std::vector<Worker> workers;
};

Tracker::Tracker(Progress progress, std::optional<std::size_t> total)
    : body_(std::make_unique<Body>(std::move(progress), total)) {}
Tracker::~Tracker() = default;

std::int64_t Tracker::now() noexcept { return os::monotonic(); }

void Tracker::note(std::size_t items, std::int64_t begun, std::int64_t ended) noexcept {
  constexpr std::int64_t Between = 100'000'000;
  try {
    work::LockGuard<> held(body_->lock, "Progress");
    body_->done += items;
    std::uint32_t me = self();
    auto found = std::ranges::find(body_->workers, me, &Body::Worker::id);
    if (found == body_->workers.end()) {
      body_->workers.push_back({me, begun, {}});
      found = body_->workers.end() - 1;
      found->times.start = static_cast<double>(begun - body_->begun) / Second;
    }
    found->times.wait += static_cast<double>(begun - found->last_ended) / Second;
    found->times.work += static_cast<double>(ended - begun) / Second;
    found->times.items += items;
    found->last_ended = ended;
  } catch (...) {  // no memory for one more line of times
  }
  if (ended < body_->next.load(std::memory_order_relaxed) || body_->reporting.exchange(true)) return;
  body_->next.store(ended + Between, std::memory_order_relaxed);
  body_->report(false);
  body_->reporting.store(false);
}

void Tracker::end() noexcept {
  // One that is on its way out comes first. After this, there is always one: what
  // still runs of a map that was left early reports no more.
  for (unsigned round = 0; body_->reporting.exchange(true); ++round) ThisProcess::linger(round);
  body_->report(true);
}

}  // namespace weft::detail
