// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/text.hpp"

namespace weft::cli {

void Summary::note(const Event& event) {
  if (event.kind == Event::Tried) working_ += event.result->took;
  if (event.kind == Event::Retried) {
    ++retries_;
    if (again_.size() < MostRetries)
      again_.push_back({event.job.item.name(), event.job.tries, event.result->verdict()});
  }
  if (event.kind == Event::Done) {
    Time took = event.result->took;
    if (slowest_.size() == Slowest && took <= slowest_.back().took) return;
    auto place = std::find_if(slowest_.begin(), slowest_.end(), [&](const Slow& s) { return s.took < took; });
    slowest_.insert(place, {took, event.job.item.name()});
    if (slowest_.size() > Slowest) slowest_.pop_back();
  }
}

std::string Summary::text(const Tally& tally, int jobs, Time took, Time starting) const {
  std::string text = fmt::format("{} done in {}, {} at a time", count_of(tally.done, "item"), human_time(took), jobs);
  text += fmt::format(": {} failed, {} retried, {} killed, {} lost", tally.failed, tally.retried, tally.killed,
                      tally.lost());
  if (tally.skipped > 0) text += fmt::format("; {} were done before", tally.skipped);

  double all = std::max(1.0, static_cast<double>(took) * jobs);
  auto share = [&](Time part) { return fmt::format("{:.0f} %", 100 * static_cast<double>(part) / all); };
  text += fmt::format("\n  the slots' time: {} working, {} starting commands",
                      share(std::max<Time>(working_ - starting, 0)), share(starting));
  constexpr const char* Reasons[] = {"waiting for input",    "waiting for who reads the output",
                                     "waiting for memory",   "waiting for room",
                                     "waiting to try again", "waiting for the last"};
  for (std::size_t i = 0; i < idle_.size(); ++i) {
    if (static_cast<double>(idle_[i]) > all / 200) text += fmt::format(", {} {}", share(idle_[i]), Reasons[i]);
  }
  const char* lead = "\n  slowest: ";
  for (const Slow& slow : slowest_) {
    text += fmt::format("{}{:>8}  {}", lead, human_time(slow.took), slow.name);
    lead = "\n           ";
  }
  lead = "\n  retried: ";
  for (const Again& again : again_) {
    text += fmt::format("{}{}, try {}: {}", lead, again.name, again.tries, again.why);
    lead = "\n           ";
  }
  auto shown = static_cast<std::int64_t>(again_.size());
  if (retries_ > shown) text += fmt::format("{}and {} more", lead, retries_ - shown);
  return text;
}

}  // namespace weft::cli
