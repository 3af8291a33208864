// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/json.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/text.hpp"
#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr const char* HowNames[] = {"exited", "timed out", "too large", "output not kept", "not run", "cut"};

std::string items_of(const Item& item) {
  std::string json = "[";
  for (const std::string& value : item.values) {
    if (json.size() > 1) json += ',';
    json += json_string(value);
  }
  return json += ']';
}

}  // namespace

Json::Json(const std::string& file) : fd_(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (!fd_) throw OSError(errno, "open " + file);
}

void Json::begin(int jobs, std::int64_t total) {
  write(fmt::format(R"({{"event":"begin","time":{:.6f},"jobs":{},"total":{}}})", seconds(wall_clock()), jobs,
                    total < 0 ? "null" : std::to_string(total)));
}

void Json::note(const Event& event) {
  std::string line = fmt::format(R"("time":{:.6f},"number":{},"item":{},"try":{})", seconds(wall_clock()),
                                 event.job.item.number, items_of(event.job.item), event.job.tries);
  switch (event.kind) {
    case Event::Started:
      return write(fmt::format(R"({{"event":"started",{},"slot":{},"pid":{}}})", line, event.slot, event.pid));
    case Event::Retried:
      return write(fmt::format(R"({{"event":"retried",{},"in":{:.3f}}})", line, seconds(event.delay)));
    case Event::Tried:
    case Event::Done:
      break;
  }
  const Result& result = *event.result;
  std::string end = fmt::format(R"({},"slot":{},"how":"{}","seconds":{:.6f})", line, result.slot, HowNames[result.how],
                                seconds(result.took));
  if (result.how == Result::Exited && result.code >= 0) end += fmt::format(R"(,"status":{})", result.code);
  if (result.how != Result::NotRun && result.code < 0) end += fmt::format(R"(,"signal":{})", -result.code);
  if (result.how == Result::NotRun || result.how == Result::NotKept) end += fmt::format(R"(,"errno":{})", result.error);
  end += fmt::format(R"(,"stdout":{},"stderr":{})", result.out.size(), result.err.size());
  write(fmt::format(R"({{"event":"{}",{}}})", event.kind == Event::Tried ? "ended" : "done", end));
}

void Json::end(const Tally& tally, int status) {
  write(fmt::format(
      R"({{"event":"end","time":{:.6f},"done":{},"failed":{},"retried":{},"killed":{},"lost":{},"status":{}}})",
      seconds(wall_clock()), tally.done, tally.failed, tally.retried, tally.killed, tally.lost(), status));
}

// Who looks on does not stop the work: what cannot be written is left out.
void Json::write(std::string_view line) {
  std::string text(line);
  text += '\n';
  for (std::size_t at = 0; at < text.size();) {
    ssize_t written = ::write(fd_.get(), text.data() + at, text.size() - at);
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

}  // namespace weft::cli
