// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/detail/api.hpp"
#include "weft/detail/callable.hpp"

namespace weft {

/// What one worker did for a map, in seconds.
struct WorkerTimes {
  double start = 0;  ///< from the beginning of the map to the worker's first item
  double wait = 0;   ///< between its items
  double work = 0;   ///< in the function
  std::size_t items = 0;
};

/// How far a map is.
struct ProgressReport {
  std::size_t done = 0;
  std::optional<std::size_t> total = {};  ///< nothing: not known, as for a generator
  double seconds = 0;                     ///< since it began
  bool ended = false;                     ///< this is the last report
  std::vector<WorkerTimes> workers = {};  ///< those that have done something
};

/// How a map shows how far it is: an option of every map.
///
///     pool.map(f, items, {.progress = Progress::bar()});
///
/// Reported ten times a second at most, by whoever has just finished something, and
/// once at the end.
class WEFT_API Progress {
 public:
  using Callback = detail::Function<void(const ProgressReport&)>;

  /// Shows nothing.
  Progress() noexcept = default;
  /// Calls `callback` in the thread of whoever has just finished something, or ends the
  /// map; never two at a time. What it throws goes to the excepthook of concurrent.futures.
  template <class F>
  requires std::is_invocable_v < std::decay_t<F>
  &, const ProgressReport& > Progress(F&& callback) : callback_(std::forward<F>(callback)) {}

  /// A bar on stderr, if that is a terminal; else nothing.
  static Progress bar();
  /// A line of JSON for each report, to that descriptor: done, total (or null), seconds,
  /// ended, and for each of the workers start, wait, work and items. If it cannot be
  /// written, nobody hears of it.
  static Progress json(int descriptor);

  explicit operator bool() const noexcept { return static_cast<bool>(callback_); }
  void report(const ProgressReport& report) const { callback_(report); }

 private:
  Callback callback_;
};

}  // namespace weft
