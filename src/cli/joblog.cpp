// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/joblog.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/text.hpp"
#include "weft/errors.hpp"

namespace weft::cli {
namespace {

constexpr std::string_view Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

// Of a command's line, by what tells it from others; 0 stands for none.
std::uint32_t hash(std::string_view line) {
  std::string_view mark = digest_mark(line);
  auto h = static_cast<std::uint32_t>(digest(mark.empty() ? line : mark));
  return h == 0 ? 1 : h;
}

// What a line of the log says.
struct Line {
  std::int64_t number = 0;
  bool succeeded = false;
  std::string_view command;
};

bool parse(std::string_view line, Line& found) {
  std::string_view fields[9];
  for (int i = 0; i < 9; ++i) {
    std::size_t tab = i < 8 ? line.find('\t') : line.size();
    if (tab == line.npos) return false;
    fields[i] = line.substr(0, tab);
    line.remove_prefix(i < 8 ? tab + 1 : tab);
  }
  found.number = std::strtoll(std::string(fields[0]).c_str(), nullptr, 10);
  found.succeeded = fields[6] == "0" && fields[7] == "0";
  found.command = fields[8];
  constexpr std::int64_t Most = 1'000'000'000;
  return found.number >= 1 && found.number <= Most;
}

}  // namespace

Joblog::Joblog(const std::string& file, bool resume, Use use) : file_(file) {
  const int how = use == Write ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY;
  fd_.reset(::open(file.c_str(), how | O_CLOEXEC, 0666));
  if (!fd_ && use == OnlyRead && errno == ENOENT) return;
  if (!fd_) throw OSError(errno, "open " + file);
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw RuntimeError(file + " is in use by another weft map");
  }
  off_t size = ::lseek(fd_.get(), 0, SEEK_END);
  if (size > 0 && !resume) throw RuntimeError(file + " is there already: --resume goes on with it, or remove it");
  if (size > 0) load(use);
  if (use == Write && ::lseek(fd_.get(), 0, SEEK_END) <= 0) write(Header);
}

void Joblog::load(Use use) {
  std::string text;
  off_t offset = 0, whole = 0;  // what was read, and up to where there are whole lines
  std::int64_t number = 0;
  char some[1 << 16];
  for (;;) {
    ssize_t got = ::pread(fd_.get(), some, sizeof some, offset);
    if (got < 0) throw OSError(errno, "read " + file_);
    if (got == 0) break;
    offset += got;
    text.append(some, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
      std::string_view line = std::string_view(text).substr(begin, end - begin);
      ++number;
      if (number == 1) {
        if (line != Header.substr(0, Header.size() - 1)) throw RuntimeError(file_ + " is no joblog");
        continue;
      }
      Line found;
      if (!parse(line, found)) throw RuntimeError(fmt::format("{}: line {} is none of a joblog", file_, number));
      auto at = static_cast<std::size_t>(found.number);
      if (at >= done_.size()) done_.resize(at + 1);
      done_[at] = found.succeeded ? hash(found.command) : 0;
    }
    whole += static_cast<off_t>(begin);
    text.erase(0, begin);
  }
  if (number == 0 && Header.substr(0, text.size()) != text) throw RuntimeError(file_ + " is no joblog");
  if (use == Write && whole < offset && ::ftruncate(fd_.get(), whole) != 0) throw OSError(errno, "truncate " + file_);
}

bool Joblog::has(std::int64_t number) const noexcept {
  auto at = static_cast<std::size_t>(number);
  return at < done_.size() && done_[at] != 0;
}

bool Joblog::is(std::int64_t number, const std::string& command) const {
  return has(number) && done_[static_cast<std::size_t>(number)] == hash(command);
}

void Joblog::note(const Event& event) {
  if (event.kind != Event::Done) return;
  const Result& result = *event.result;
  int status = result.how == Result::Exited && result.code >= 0 ? result.code
               : result.how == Result::NotRun                   ? (result.error == ENOENT ? 127 : 126)
               : result.how == Result::Exited                   ? 0
                                                                : -1;
  int signal = result.how != Result::NotRun && result.code < 0 ? -result.code : 0;
  write(fmt::format("{}\t:\t{:.3f}\t{:.3f}\t0\t{}\t{}\t{}\t{}\n", result.job.item.number, seconds(result.began_at),
                    seconds(result.took), result.out.size(), status, signal, result.command));
}

void Joblog::write(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(fd_.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw OSError(errno, "write " + file_);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace weft::cli
