// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/json.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "cli/text.hpp"
#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr const char* HowNames[] = {"exited", "timed out", "too large", "output not kept", "not run"};

constexpr std::size_t MostWaiting = 1 << 20;

std::string items_of(const Item& item) {
  std::string json = "[";
  for (const std::string& value : item.values) {
    if (json.size() > 1) json += ',';
    json += json_string(value);
  }
  return json += ']';
}

}  // namespace

Json::Json(const std::string& file) {
  bool was_given = file.starts_with("/dev/") || file.starts_with("/proc/");  // what a shell's 3> or 3>> leads to
  int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (was_given ? 0 : O_TRUNC);
  fd_.reset(::open(file.c_str(), flags, 0666));
  if (!fd_) throw OSError(errno, "open " + file);
  ::fcntl(fd_.get(), F_SETFL, O_APPEND | O_NONBLOCK);
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

void Json::write(std::string_view line) {
  pump();
  if (rest_.size() + line.size() > MostWaiting) {
    ++left_out_;
    return;
  }
  rest_ += line;
  rest_ += '\n';
  pump();
}

void Json::pump() {
  std::size_t done = 0;
  while (done < rest_.size()) {
    ssize_t written = ::write(fd_.get(), rest_.data() + done, rest_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) error_ = errno;
    if (written <= 0) break;
    done += static_cast<std::size_t>(written);
  }
  rest_.erase(0, done);
}

std::int64_t Json::flush(int stop) {
  constexpr int LongEnough = 1000;
  for (pump(); !rest_.empty(); pump()) {
    pollfd both[] = {{fd_.get(), POLLOUT, 0}, {stop, POLLIN, 0}};
    bool goes_on = ::poll(both, 2, LongEnough) > 0 && both[0].revents == POLLOUT && both[1].revents == 0;
    std::size_t before = rest_.size();
    pump();
    if (!goes_on || rest_.size() == before) break;
  }
  return left_out_ + std::count(rest_.begin(), rest_.end(), '\n');
}

std::string Json::why() const {
  return error_ == EAGAIN || error_ == EPIPE ? "nobody read on" : std::system_category().message(error_);
}

}  // namespace weft::cli
