// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/items.hpp"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "weft/errors.hpp"

namespace weft::cli {
namespace {

// No argument of a program may be longer on Linux. What is longer is cut here,
// and fails when it is run.
constexpr std::size_t LongestArgument = 1 << 17;
constexpr std::size_t Chunk = 1 << 16;

}  // namespace

Items::Items(std::vector<std::string> list) : total_(static_cast<std::int64_t>(list.size())), list_(std::move(list)) {}

Items::Items(int fd, char separator, std::size_t read_ahead, Stop& stop)
    : fd_(fd), separator_(separator), read_ahead_(read_ahead), stop_(&stop) {}

std::optional<Item> Items::next() {
  std::scoped_lock held(lock_);
  std::optional<std::string> text;
  if (fd_ < 0) {
    if (given_ < total()) text = std::move(list_[static_cast<std::size_t>(given_)]);
  } else {
    text = cut();
  }
  if (!text) return std::nullopt;
  ++given_;
  if (fd_ >= 0) read_on();
  return Item{given_, std::move(*text)};
}

std::optional<std::string> Items::cut() {
  for (;;) {
    std::size_t found = buffer_.find(separator_, searched_);
    if (found != std::string::npos) {
      std::string text = buffer_.substr(begin_, std::min(found - begin_, LongestArgument));
      begin_ = searched_ = found + 1;
      if (!std::exchange(skipping_, false)) return text;
      continue;
    }
    searched_ = buffer_.size();
    if (at_end_) {
      std::string text = buffer_.substr(begin_);
      begin_ = searched_;
      if (text.empty() || std::exchange(skipping_, false)) return std::nullopt;
      return text;
    }
    if (skipping_) begin_ = searched_;
    if (searched_ - begin_ > LongestArgument) {
      std::string text = buffer_.substr(begin_, LongestArgument);
      begin_ = searched_;
      skipping_ = true;
      return text;
    }
    if (!fill()) return std::nullopt;
  }
}

// Waits for more of the input; false after a stop.
bool Items::fill() {
  for (;;) {
    pollfd all[1 + Stop::Watched] = {{fd_, POLLIN, 0}};
    stop_->watch(all + 1);
    if (::poll(all, std::size(all), -1) < 0 && errno != EINTR) throw OSError(errno, "poll");
    stop_->noticed(all + 1);
    if (stop_->requested()) return false;
    if (all[0].revents == 0) continue;

    if (begin_ > buffer_.size() / 2) {
      buffer_.erase(0, begin_);
      searched_ -= begin_;
      begin_ = 0;
    }
    std::size_t before = buffer_.size();
    buffer_.resize(before + Chunk);
    ssize_t got = ::read(fd_, buffer_.data() + before, Chunk);
    int error = errno;
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && (error == EINTR || error == EAGAIN)) continue;
    if (got < 0) throw OSError(error, "read");
    if (got == 0) {
      at_end_ = true;
      count_rest();
    }
    return true;
  }
}

// Takes a little more of what lies ready, to find the end of the input sooner.
void Items::read_on() {
  pollfd ready{fd_, POLLIN, 0};
  if (at_end_ || buffer_.size() - begin_ >= read_ahead_ || ::poll(&ready, 1, 0) <= 0) return;
  fill();
}

void Items::count_rest() {
  auto rest = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
  auto count = std::count(rest, buffer_.end(), separator_);
  bool unfinished = rest != buffer_.end() && buffer_.back() != separator_;
  total_.store(given_ + count + (unfinished ? 1 : 0) - (skipping_ ? 1 : 0), std::memory_order_relaxed);
}

}  // namespace weft::cli
