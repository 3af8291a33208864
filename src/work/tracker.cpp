// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/detail/tracker.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "os/clock.hpp"
#include "weft/detail/gate.hpp"
#include "weft/detail/self.hpp"
#include "weft/detail/work.hpp"
#include "work/locked.hpp"

namespace weft {
namespace {

constexpr double Second = 1e9;

void put(int descriptor, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    ssize_t written = ::write(descriptor, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

std::string number(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

}  // namespace

Progress Progress::bar() {
  if (::isatty(STDERR_FILENO) == 0) return {};
  return Progress([](const ProgressReport& report) {
    constexpr std::size_t Width = 40;
    std::string line = "\r";
    if (report.total && *report.total != 0) {
      std::size_t filled = Width * report.done / *report.total;
      line += '[';
      line.append(filled, '=').append(Width - filled, ' ');
      line += "] ";
    }
    line += std::to_string(report.done);
    if (report.total) line.append("/").append(std::to_string(*report.total));
    line.append("  ").append(number(report.seconds, 1)).append(" s");
    if (report.seconds > 0) {
      line.append("  ").append(number(static_cast<double>(report.done) / report.seconds, 1)).append("/s");
    }
    line += "\x1b[K";
    if (report.ended) line += "\n";
    put(STDERR_FILENO, line);
  });
}

Progress Progress::json(int descriptor) {
  return Progress([descriptor](const ProgressReport& report) {
    std::string line = "{\"done\": " + std::to_string(report.done) + ", \"total\": ";
    line += report.total ? std::to_string(*report.total) : "null";
    line += ", \"seconds\": " + number(report.seconds, 6) + ", \"ended\": " + (report.ended ? "true" : "false");
    line += ", \"workers\": [";
    for (std::size_t i = 0; i < report.workers.size(); ++i) {
      const WorkerTimes& times = report.workers[i];
      if (i != 0) line += ", ";
      line.append("{\"start\": ").append(number(times.start, 6));
      line.append(", \"wait\": ").append(number(times.wait, 6));
      line.append(", \"work\": ").append(number(times.work, 6));
      line.append(", \"items\": ").append(std::to_string(times.items)).append("}");
    }
    put(descriptor, line + "]}\n");
  });
}

namespace detail {

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
        work::Locked held(lock, "Progress");
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
    work::Locked held(body_->lock, "Progress");
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
  for (unsigned round = 0; body_->reporting.exchange(true); ++round) InProcess::linger(round);
  body_->report(true);
}

}  // namespace detail
}  // namespace weft
