// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/view.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/family.hpp"
#include "cli/terminal.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

// Not over what a shell draws while we run in the background.
bool in_background() {
  pid_t foreground = ::tcgetpgrp(STDERR_FILENO);
  return foreground > 0 && foreground != ::getpgrp();
}

struct Size {
  std::size_t columns = 80, rows = 24;
};

Size terminal_size() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

std::string rate_of(const Tally& tally, Time elapsed) {
  double rate = elapsed > 0 ? static_cast<double>(tally.done) / seconds(elapsed) : 0;
  return rate < 10 ? fmt::format("{:.1f}/s", rate) : fmt::format("{:.0f}/s", rate);
}

std::string done_of(const Tally& tally) {
  std::int64_t done = tally.done + tally.skipped;
  std::string text = std::to_string(done);
  if (tally.total >= 0) text += fmt::format("/{}", tally.total);
  if (tally.total > 0) text += fmt::format("  {} %", done * 100 / tally.total);
  return text;
}

std::string eta_of(const Tally& tally, Time elapsed) {
  std::int64_t left = tally.total - tally.done - tally.skipped;
  if (tally.total < 0 || tally.done == 0 || left <= 0) return {};
  Time rest = elapsed / tally.done * left;
  return "ETA " + (rest < 60 * Second ? fmt::format("{:.0f} s", seconds(rest)) : human_time(rest));
}

// Where there is little room, what did not happen is left out.
std::string counts_of(const Tally& tally, std::size_t columns = SIZE_MAX) {
  struct {
    std::int64_t count;
    const char* what;
    bool always, wanted;
  } const counts[] = {{tally.running, "running", true, true},      {tally.failed, "failed", false, true},
                      {tally.retried, "retried", false, true},     {tally.killed, "killed", false, true},
                      {tally.lost(), "lost", true, true},          {tally.waiting, "to try again", false, false},
                      {tally.skipped, "done before", false, false}};
  for (bool brief : {false, true}) {
    std::string text;
    for (const auto& [count, what, always, wanted] : counts) {
      if (count == 0 && !always && (brief || !wanted)) continue;
      text += fmt::format("{}{} {}", text.empty() ? "" : "  ", count, what);
    }
    if (brief || text.size() <= columns) return text;
  }
  return {};
}

std::string bar(std::size_t columns, double part) {
  auto halves = static_cast<std::size_t>(static_cast<double>(columns) * 2 * std::clamp(part, 0.0, 1.0));
  std::string text;
  for (std::size_t i = 0; i < columns; ++i) text += 2 * i + 2 <= halves ? "━" : 2 * i + 1 == halves ? "╸" : "─";
  return text;
}

enum Look { Good = 32, Bad = 31, Faint = 2 };

// Colours a part of a line, if the user has not said NO_COLOR.
void look(std::string& line, const std::string& part, Look wanted) {
  static const bool Coloured = [] {
    const char* no = ::getenv("NO_COLOR");
    return no == nullptr || *no == '\0';
  }();
  std::size_t at = line.find(part);
  if (!Coloured || part.empty() || at == std::string::npos) return;
  line.replace(at, part.size(), fmt::format("\x1b[{}m{}\x1b[0m", static_cast<int>(wanted), part));
}

// As it is, for fit(): names are read here, not typed into a shell.
std::string plain_name(const Item& item) {
  if (item.values.empty()) return item.name();
  std::string text;
  for (const std::string& value : item.values) {
    if (!text.empty()) text += ' ';
    text += value;
  }
  return text;
}

}  // namespace

View::View(bool visible) : visible_(visible), begun_(now()) {
  if (visible) own_ = reopened_terminal(STDERR_FILENO);
}

bool View::possible() {
  const char* kind = ::getenv("TERM");
  return ::isatty(STDERR_FILENO) && kind != nullptr && std::string_view(kind) != "dumb";
}

std::string View::line(const Tally& tally, Time elapsed) {
  std::string text = done_of(tally) + "  " + rate_of(tally, elapsed) + "  " + counts_of(tally);
  std::string eta = eta_of(tally, elapsed);
  return eta.empty() ? text : text + "  " + eta;
}

std::int64_t View::memory_of(const Runner::Sight& sight) {
  constexpr Time NotAtOnce = 200 * Millisecond;
  Time time = now();
  Sample& sample = samples_[sight.slot];
  if (sample.pid != sight.pid) sample = {sight.pid, 0, 0};
  if (sight.age > NotAtOnce && time - sample.at > Second) {
    sample.at = time;
    sample.bytes = resident_memory(sight.pid);
  }
  return sample.bytes;
}

std::string View::worker(const Runner::Sight& sight, std::size_t columns) {
  std::int64_t memory = memory_of(sight);
  std::string text;
  if (columns >= 60) text += fmt::format("{:>4}  ", sight.slot);
  if (columns >= 36) text += fmt::format("{:>7}  ", sight.pid);
  text += fmt::format("{:>7}  ",
                      sight.age < 60 * Second ? fmt::format("{:.1f} s", seconds(sight.age)) : human_time(sight.age));
  if (columns >= 44) text += fmt::format("{:>5}  ", memory > 0 ? human_size(memory) : "");
  if (sight.ending) text += "ending  ";
  if (sight.tries > 1) text += fmt::format("try {}  ", sight.tries);
  return text + plain_name(sight.item);
}

// Each line fits, and leaves the last column free: a terminal that has got a
// character there may or may not be on the next line already.
std::string View::frame(const Tally& tally, const Runner& runner, std::size_t columns, std::size_t rows) {
  std::size_t width = std::max<std::size_t>(columns, 2) - 1;
  Time elapsed = now() - begun_;

  std::string first = done_of(tally) + "  " + rate_of(tally, elapsed);
  std::string eta = eta_of(tally, elapsed);
  if (!eta.empty()) first += "  " + eta;
  std::size_t used = columns_of(first), bar_size = 0;
  if (tally.total > 0 && used + 12 <= width) {
    std::size_t length = std::min<std::size_t>(width - used - 2, 40);
    double part = static_cast<double>(tally.done + tally.skipped) / static_cast<double>(tally.total);
    std::string drawn = bar(length, part);
    bar_size = drawn.find("─");
    if (bar_size == std::string::npos) bar_size = drawn.size();
    first = drawn + "  " + first;
  }
  bool has_header = rows >= 20 && width >= 60;
  std::vector<std::string> lines = {first};
  if (rows >= 4) lines.push_back(counts_of(tally, width));
  if (rows >= 6) {
    if (has_header) lines.emplace_back("slot      pid      age    mem  item");
    std::size_t most = std::max<std::size_t>(rows / 3, 2);
    auto running = static_cast<std::size_t>(runner.running());
    for (const Runner::Sight& sight : runner.look(running > most ? most - 1 : most)) {
      lines.push_back(worker(sight, width));
    }
    if (running > most) lines.push_back(fmt::format("... and {} more", running - (most - 1)));
  }

  std::string text = "\r";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string shown = fit(lines[i], width);
    shown.erase(shown.find_last_not_of(' ') + 1);
    if (i == 0) look(shown, shown.substr(0, bar_size), Good);
    if (i == 1 && tally.failed > 0) look(shown, fmt::format("{} failed", tally.failed), Bad);
    if (i == 2 && has_header) look(shown, std::string(shown), Faint);
    text += (i > 0 ? "\r\n" : "") + shown + "\x1b[K";
  }
  text += "\x1b[J";
  if (lines.size() > 1) text += fmt::format("\x1b[{}A", lines.size() - 1);
  return text + "\r";
}

void View::write(std::string_view text) {
  rest_ += text;
  while (!rest_.empty()) {
    ssize_t written = ::write(fd(), rest_.data(), rest_.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno != EAGAIN) rest_.clear();  // it is gone: a picture is lost, not data
    if (written <= 0) return;
    rest_.erase(0, static_cast<std::size_t>(written));
  }
}

void View::draw(const Tally& tally, const Runner& runner) {
  if (!visible_ || now() < due()) return;
  if (now() < drawn_at_ + Tick && !frame_.empty()) return restore();
  drawn_at_ = restored_at_ = now();
  write({});
  if (!rest_.empty() || in_background()) return;
  Size size = terminal_size();
  frame_ = frame(tally, runner, size.columns, size.rows);
  write(frame_);
  on_screen_ = true;
}

bool View::hide() {
  write(std::exchange(on_screen_, false) ? "\r\x1b[J" : "");
  return rest_.empty();
}

void View::restore() {
  if (!visible_ || on_screen_ || frame_.empty() || now() - restored_at_ < NotTooOften) return;
  restored_at_ = now();
  if (!rest_.empty() || in_background()) return;
  write(frame_);
  on_screen_ = true;
}

}  // namespace weft::cli
