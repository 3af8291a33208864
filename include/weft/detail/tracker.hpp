// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "weft/detail/api.hpp"
#include "weft/progress.hpp"

namespace weft::detail {

/// Counts what is done of one map and reports it.
class WEFT_API Tracker {
 public:
  Tracker(Progress progress, std::optional<std::size_t> total);
  ~Tracker();
  Tracker(const Tracker&) = delete;
  Tracker& operator=(const Tracker&) = delete;

  static std::int64_t now() noexcept;

  /// The caller has done so many items, in that time.
  void note(std::size_t items, std::int64_t begun, std::int64_t ended) noexcept;
  /// The last report. To be called once.
  void end() noexcept;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace weft::detail
