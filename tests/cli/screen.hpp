// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace weft::cli {

/// What a terminal would show: as much of one as the view needs. It fails on
/// what it does not know, so that nothing else is sent.
class Screen {
 public:
  Screen(std::size_t columns, std::size_t rows)
      : columns_(columns), lines_(rows), utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  ~Screen() { ::freelocale(utf8_); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void feed(std::string_view text) {
    while (!text.empty()) text.remove_prefix(step(text));
  }

  /// The lines without blanks at their ends, and without empty lines at the end.
  std::vector<std::string> lines() const {
    std::vector<std::string> shown = scrolled_;
    for (const auto& line : lines_) {
      std::string all;
      for (const std::string& cell : line) all += cell;
      shown.push_back(all.substr(0, all.find_last_not_of(' ') + 1));
    }
    while (!shown.empty() && shown.back().empty()) shown.pop_back();
    return shown;
  }

  std::size_t widest() const { return widest_; }  ///< how many columns any line has taken
  bool wrapped() const { return wrapped_; }       ///< whether one was too long
  std::string unknown() const { return unknown_; }
  std::size_t row() const { return row_; }
  std::size_t column() const { return column_; }

 private:
  std::size_t step(std::string_view text) {
    if (text[0] == '\r') return column_ = 0, 1;
    if (text[0] == '\n') return line_feed(), 1;
    if (text[0] == '\x1b') return escape(text);
    mbstate_t state{};
    wchar_t code = 0;
    locale_t before = ::uselocale(utf8_);
    std::size_t size = ::mbrtowc(&code, text.data(), text.size(), &state);
    int width = size <= text.size() ? ::wcwidth(code) : -1;
    ::uselocale(before);
    if (width < 0) return unknown_ += text.substr(0, 1), 1;
    put(text.substr(0, size), static_cast<std::size_t>(width));
    return size;
  }

  void put(std::string_view character, std::size_t width) {
    if (width == 0) return;
    if (column_ + width > columns_) {
      wrapped_ = true;
      column_ = 0;
      line_feed();
    }
    std::vector<std::string>& line = lines_[row_];
    line.resize(std::max(line.size(), column_ + width), " ");
    line[column_] = character;
    if (width == 2) line[column_ + 1].clear();
    column_ += width;
    widest_ = std::max(widest_, column_);
  }

  void line_feed() {
    if (row_ + 1 < lines_.size()) {
      ++row_;
      return;
    }
    std::string all;
    for (const std::string& cell : lines_[0]) all += cell;
    scrolled_.push_back(all.substr(0, all.find_last_not_of(' ') + 1));
    lines_.erase(lines_.begin());
    lines_.emplace_back();
  }

  std::size_t escape(std::string_view text) {
    std::size_t end = 2;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    std::size_t count = end > 2 ? std::stoul(std::string(text.substr(2, end - 2))) : 1;
    if (end >= text.size() || text[1] != '[') return unknown_ += text.substr(0, 2), 1;
    if (text[end] == 'A') {
      row_ -= std::min(count, row_);
    } else if (text[end] == 'K') {
      lines_[row_].resize(std::min(lines_[row_].size(), column_));
    } else if (text[end] == 'J') {
      lines_[row_].resize(std::min(lines_[row_].size(), column_));
      for (std::size_t i = row_ + 1; i < lines_.size(); ++i) lines_[i].clear();
    } else if (text[end] != 'm') {  // colours take no room
      unknown_ += text.substr(0, end + 1);
    }
    return end + 1;
  }

  std::size_t columns_;
  std::vector<std::vector<std::string>> lines_;
  locale_t utf8_;
  std::vector<std::string> scrolled_;
  std::size_t row_ = 0, column_ = 0, widest_ = 0;
  bool wrapped_ = false;
  std::string unknown_;
};

/// Our side of a terminal of which the other is a program's stderr.
class Terminal {
 public:
  explicit Terminal(unsigned short columns = 80, unsigned short rows = 24)
      : ours_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(ours_);
    ::unlockpt(ours_);
    theirs_ = ::open(::ptsname(ours_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    resize(columns, rows);
  }
  ~Terminal() {
    ::close(ours_);
    if (theirs_ >= 0) ::close(theirs_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int theirs() const { return theirs_; }

  void resize(unsigned short columns, unsigned short rows) {
    winsize size{rows, columns, 0, 0};
    ::ioctl(ours_, TIOCSWINSZ, &size);
  }

  /// What was drawn since the last call.
  std::string drawn_now() {
    std::string all;
    pollfd ready{ours_, POLLIN, 0};
    char some[4096];
    while (::poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN) != 0) {
      ssize_t n = ::read(ours_, some, sizeof some);
      if (n <= 0) break;
      all.append(some, static_cast<std::size_t>(n));
    }
    return all;
  }

  /// Reads so much of it: as much room is there again, if it was full.
  void take(std::size_t size) {
    std::string some(size, '\0');
    static_cast<void>(!::read(ours_, some.data(), size));
  }

  /// All the rest that was drawn. Call it when the programs have ended.
  std::string drawn() {
    ::close(theirs_);
    theirs_ = -1;
    std::string all;
    char some[4096];
    for (ssize_t n; (n = ::read(ours_, some, sizeof some)) > 0;) all.append(some, static_cast<std::size_t>(n));
    return all;
  }

 private:
  int ours_, theirs_;
};

}  // namespace weft::cli
