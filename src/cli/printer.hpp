// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cli/item.hpp"
#include "cli/poller.hpp"
#include "cli/stop.hpp"
#include "cli/view.hpp"

namespace weft::cli {

/// Writes what the commands have written: whole results, one after the other,
/// as they come or in the order of the items. Never waits for who reads it: what
/// cannot be written now is written when the poller says so.
class Printer {
 public:
  /// `printed` is called for each result as soon as all of it has been written.
  Printer(Poller& poller, Stop& stop, View& view, bool ordered, std::function<void(const Result&)> printed);

  /// With `ordered`: the result of this item comes after those expected before it.
  void expect(std::int64_t number) {
    if (ordered_) order_.push_back(number);
  }
  /// It does not come.
  void give_up(std::int64_t number);
  void put(Result result);
  /// A line of our own, to stderr, after what was put before.
  void say(std::string_view message);

  /// Writes what can be written.
  void pump();
  /// Whether our own lines have come to the beginning of one, where something may be drawn.
  bool at_line_start() const noexcept { return !half_line_; }
  /// Whether all has been written.
  bool idle() const noexcept { return !current_ && text_.empty() && ready_.empty(); }

  /// Results that nothing but the reader keeps from being written.
  std::size_t ready() const noexcept { return ready_.size() + (current_ ? 1 : 0); }
  /// All that have not been written.
  std::size_t held() const noexcept { return ready() + early_.size(); }
  /// With `ordered`: from the first that has not come yet, how many have begun.
  std::size_t expected() const noexcept { return order_.size(); }

  /// A last word after a stop: as far as it goes without waiting.
  void say_at_once(std::string_view message);

  static constexpr std::uint64_t Stdout = 1, Stderr = 2;  ///< which of our outputs a key of the poller is
  void handle(std::uint64_t which, std::uint32_t events);

 private:
  struct Output {
    int fd;
    std::uint64_t key;
    bool polled = false;   // a pipe, a terminal: it may not take more
    bool watched = false;  // the poller is to say when it does
    bool terminal = false;
    bool with_ours = false;  // what goes there stands among our own lines
    Descriptor own{};        // of a terminal, opened so that writes do not wait
  };
  enum class Phase { Out, Err };

  std::size_t write(Output& output, std::string_view data);
  void watch(Output& output);
  bool write_capture(Output& output, const Capture& capture);
  bool write_current();
  bool take_next();
  void take_turns();
  std::size_t write_ours();

  Poller& poller_;
  Stop& stop_;
  View& view_;
  const bool ordered_;
  const std::function<void(const Result&)> printed_;
  Output out_, err_;

  std::string text_;  // lines of our own that come next
  std::optional<Result> current_;
  Phase phase_ = Phase::Out;
  std::int64_t offset_ = 0;  // of what comes next of the current capture
  std::string_view piece_;   // the rest of what was fetched from it
  std::string scratch_;
  std::deque<Result> ready_;
  std::map<std::int64_t, Result> early_;  // whose turn has not come
  std::deque<std::int64_t> order_;
  bool half_line_ = false;  // what came last where our own lines go has not ended its line
};

}  // namespace weft::cli
