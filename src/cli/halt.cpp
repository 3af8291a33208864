// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/halt.hpp"

#include <algorithm>
#include <charconv>

#include "cli/text.hpp"

namespace weft::cli {

std::optional<Halt> Halt::parsed(std::string_view text) {
  Halt halt;
  std::size_t comma = text.find(',');
  std::string_view when = text.substr(0, comma);
  if (when == "never" && comma == text.npos) return halt;
  if (when != "soon" && when != "now") return std::nullopt;
  halt.when = when == "soon" ? Soon : Now;
  if (comma == text.npos) return halt;

  std::string_view rest = text.substr(comma + 1);
  std::size_t equals = rest.find('=');
  std::string_view what = rest.substr(0, equals);
  if (equals == rest.npos || (what != "fail" && what != "success" && what != "done")) return std::nullopt;
  halt.what = what == "fail" ? Fail : what == "success" ? Success : Done;
  std::string_view number = rest.substr(equals + 1);
  if (number.ends_with('%')) {
    halt.percent = true;
    number.remove_suffix(1);
  }
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), halt.count);
  bool in_range = halt.count >= 1 && (!halt.percent || halt.count <= 100);
  if (error != std::errc() || end != number.data() + number.size() || !in_range) return std::nullopt;
  return halt;
}

Halt::When HaltWatch::note(const Result& result, std::int64_t total) {
  ++all_;
  bool counts = halt_.what == Halt::Done || result.succeeded() == (halt_.what == Halt::Success);
  if (!counts || halt_.when == Halt::AtEnd) return Halt::AtEnd;
  ++seen_;
  bool enough = halt_.percent ? seen_ >= 3 && seen_ * 100 >= halt_.count * std::max(total, all_) : seen_ >= halt_.count;
  return enough ? halt_.when : Halt::AtEnd;
}

std::string HaltWatch::why() const {
  const char* what = halt_.what == Halt::Fail ? "failed" : halt_.what == Halt::Success ? "succeeded" : "ended";
  return count_of(seen_, "item") + " " + what;
}

}  // namespace weft::cli
