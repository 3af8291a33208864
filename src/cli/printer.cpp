// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/printer.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "cli/terminal.hpp"
#include "weft/errors.hpp"

namespace weft::cli {
namespace {

bool is_pipe_or_socket(int fd) {
  struct stat s;
  return ::fstat(fd, &s) == 0 && (S_ISFIFO(s.st_mode) || S_ISSOCK(s.st_mode));
}

bool is_same_file(int a, int b) {
  struct stat first, second;
  return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

}  // namespace

Printer::Printer(Poller& poller, Stop& stop, View& view, bool ordered, std::function<void(const Result&)> printed)
    : poller_(poller),
      stop_(stop),
      view_(view),
      ordered_(ordered),
      printed_(std::move(printed)),
      out_{STDOUT_FILENO, Stdout << 2 | Runner::Foreign},
      err_{STDERR_FILENO, Stderr << 2 | Runner::Foreign} {
  for (Output* output : {&out_, &err_}) {
    output->terminal = ::isatty(output->fd);
    output->own = reopened_terminal(output->fd);
    if (output->own) output->fd = output->own.get();
    output->polled = output->terminal || is_pipe_or_socket(output->fd);
    // That a pipe's reader has gone is told unasked.
    if (output->polled) output->polled = poller_.add(output->fd, 0, output->key);
  }
  err_.with_ours = true;
  // A terminal goes by more than one name.
  out_.with_ours = (out_.terminal && err_.terminal) || is_same_file(out_.fd, err_.fd);
}

void Printer::put(Result result) {
  if (!ordered_) return ready_.push_back(std::move(result));
  std::int64_t number = result.job.item.number;
  early_.emplace(number, std::move(result));
  take_turns();
}

void Printer::give_up(std::int64_t number) {
  std::erase(order_, number);
  take_turns();
}

void Printer::take_turns() {
  for (auto next = early_.begin(); !order_.empty() && next != early_.end() && next->first == order_.front();) {
    ready_.push_back(std::move(next->second));
    next = early_.erase(next);
    order_.pop_front();
  }
}

void Printer::say(std::string_view message) { text_ += fmt::format("weft map: {}\n", message); }

// How much of it was written; 0 if nothing can be written now. A pipe is
// written in pieces that it takes at once when poll says so.
std::size_t Printer::write(Output& output, std::string_view data) {
  pollfd ready{output.fd, POLLOUT, 0};
  if (output.polled && ::poll(&ready, 1, 0) <= 0) return watch(output), 0;
  if (output.terminal && !view_.hide()) return watch(output), 0;
  ssize_t written =
      ::write(output.fd, data.data(), output.polled ? std::min<std::size_t>(data.size(), PIPE_BUF) : data.size());
  if (written >= 0) return static_cast<std::size_t>(written);
  if (errno == EAGAIN) watch(output);
  if (errno == EINTR || errno == EAGAIN) return 0;
  if (&output == &err_) return data.size();  // nobody to tell that it is gone
  stop_.request(errno == EPIPE ? Reason{Reason::OutputClosed, 0} : Reason{Reason::OutputFailed, errno});
  return 0;
}

void Printer::watch(Output& output) {
  output.watched = true;
  poller_.change(output.fd, EPOLLOUT, output.key);
}

// False if it could not all be written now.
bool Printer::write_capture(Output& output, const Capture& capture) {
  while (offset_ < capture.size()) {
    if (piece_.empty()) piece_ = capture.piece(offset_, scratch_);
    std::size_t written = write(output, piece_);
    if (written == 0) return false;
    if (output.with_ours) half_line_ = piece_[written - 1] != '\n';
    piece_.remove_prefix(written);
    offset_ += static_cast<std::int64_t>(written);
  }
  offset_ = 0;
  return true;
}

bool Printer::write_current() {
  if (phase_ == Phase::Out) {
    if (!write_capture(out_, current_->out)) return false;
    phase_ = Phase::Err;
  }
  if (!write_capture(err_, current_->err)) return false;
  Result result = std::move(*current_);
  current_.reset();
  printed_(result);
  return true;
}

// Of our own lines; the first one ends what stands there.
std::size_t Printer::write_ours() {
  if (std::exchange(half_line_, false)) text_.insert(text_.begin(), '\n');
  const std::size_t written = write(err_, text_);
  text_.erase(0, written);
  return written;
}

bool Printer::take_next() {
  if (ready_.empty()) return false;
  current_ = std::move(ready_.front());
  ready_.pop_front();
  phase_ = Phase::Out;
  return true;
}

void Printer::pump() {
  try {
    while (!stop_.requested()) {
      if (current_) {  // not interrupted, also not by what we have to say
        if (!write_current()) break;
      } else if (!text_.empty()) {
        if (write_ours() == 0) break;
      } else if (!take_next()) {
        break;
      }
    }
  } catch (const OSError& error) {  // a temporary file
    stop_.request({Reason::OutputFailed, error.error()});
  }
  if (!half_line_ && !stop_.requested()) view_.restore();
}

void Printer::handle(std::uint64_t which, std::uint32_t events) {
  Output& output = which == Stdout ? out_ : err_;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    if (&output == &out_) stop_.request({Reason::OutputClosed, 0});
    output.polled = false;  // writes fail at once
    poller_.remove(output.fd);
  } else if (output.watched) {
    output.watched = false;
    poller_.change(output.fd, 0, output.key);
  }
}

void Printer::say_at_once(std::string_view message) {
  say(message);
  while (!text_.empty() && write_ours() > 0) {
  }
}

}  // namespace weft::cli
