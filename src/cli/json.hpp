// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>
#include <string_view>

#include "cli/descriptor.hpp"
#include "cli/event.hpp"

namespace weft::cli {

/// Tells every event as a line of JSON, for programs that look on.
class Json {
 public:
  /// Throws OSError.
  explicit Json(const std::string& file);

  void begin(int jobs, std::int64_t total);
  void note(const Event& event);
  void end(const Tally& tally, int status);

 private:
  void write(std::string_view line);

  Descriptor fd_;
};

}  // namespace weft::cli
