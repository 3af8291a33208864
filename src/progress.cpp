// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/progress.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace weft {
namespace {

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

}  // namespace weft
