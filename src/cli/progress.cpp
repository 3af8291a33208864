// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/progress.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace weft::cli {
namespace {

double now() {
  timespec t;
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

bool can_draw() {
  const char* kind = ::getenv("TERM");
  return ::isatty(STDERR_FILENO) && kind != nullptr && std::string_view(kind) != "dumb";
}

// Not over what a shell draws while we run in the background.
bool in_background() {
  pid_t foreground = ::tcgetpgrp(STDERR_FILENO);
  return foreground > 0 && foreground != ::getpgrp();
}

std::size_t columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string duration(double seconds) {
  auto whole = static_cast<std::int64_t>(std::min(seconds + 0.5, 359999.0));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress() : visible_(can_draw()), begun_(now()) {}

std::string Progress::line(const Tally& tally, double seconds) const {
  double rate = seconds > 0 ? static_cast<double>(tally.done) / seconds : 0;
  std::string text = fmt::format("{}", tally.done);
  if (tally.total >= 0) text += fmt::format("/{}", tally.total);
  if (tally.total > 0) text += fmt::format("  {}%", tally.done * 100 / tally.total);
  text += rate < 10 ? fmt::format("  {:.1f}/s", rate) : fmt::format("  {:.0f}/s", rate);
  text += fmt::format("  {} running", tally.running);
  if (tally.failed > 0) text += fmt::format("  {} failed", tally.failed);
  if (tally.total >= 0 && tally.done > 0 && tally.done < tally.total) {
    text += "  ETA " + duration(static_cast<double>(tally.total - tally.done) / rate);
  }
  return text;
}

void Progress::show(const Tally& tally) {
  if (!visible_) return;
  double at = now();
  if ((drawn_ && at - shown_ < 0.1) || in_background()) return;
  shown_ = at;
  drawn_ = true;
  std::string text = line(tally, at - begun_);
  text.resize(std::min(text.size(), columns() - 1));
  write_all("\r" + text + "\x1b[K");
}

void Progress::hide() {
  if (!drawn_) return;
  write_all("\r\x1b[K");
  drawn_ = false;
}

}  // namespace weft::cli
