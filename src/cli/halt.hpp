// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/item.hpp"

namespace weft::cli {

/// When the work is to end before the last item, as --halt says it:
/// "soon,fail=3", "now,fail=10%", "now,success=1", "never".
struct Halt {
  enum When { AtEnd, Soon, Now } when = AtEnd;
  enum What { Fail, Success, Done } what = Fail;
  std::int64_t count = 1;
  bool percent = false;

  static std::optional<Halt> parsed(std::string_view text);
};

/// Counts what became of items, and knows when that is enough.
class HaltWatch {
 public:
  explicit HaltWatch(Halt halt) : halt_(halt) {}

  /// What to do after this result: `Never` to go on. A percentage is one of all
  /// items if their number is known, else of those so far; it counts from the
  /// third item of that kind on.
  Halt::When note(const Result& result, std::int64_t total);

  /// "3 items failed".
  std::string why() const;

 private:
  const Halt halt_;
  std::int64_t seen_ = 0, all_ = 0;
};

}  // namespace weft::cli
