// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/descriptor.hpp"
#include "cli/event.hpp"

namespace weft::cli {

/// Tells every event as a line of JSON, for programs that look on. Whole lines
/// are added to what is there; only a file of its own is begun anew. Who looks on
/// does not stop the work: lines that are not read are kept, up to a megabyte,
/// and then left out.
class Json {
 public:
  /// Throws OSError.
  explicit Json(const std::string& file);

  void begin(int jobs, std::int64_t total);
  void note(const Event& event);
  void end(const Tally& tally, int status);

  /// Writes what can be written now.
  void pump();
  /// Waits for who reads, as long as that one goes on, or until `stop` is ready to be
  /// read. Returns how many lines were left out.
  std::int64_t flush(int stop);
  /// Why they were.
  std::string why() const;

 private:
  void write(std::string_view line);

  Descriptor fd_;
  std::string rest_;  // what has not been written yet: it may begin inside a line
  std::int64_t left_out_ = 0;
  int error_ = 0;  // of the last write that failed
};

}  // namespace weft::cli
