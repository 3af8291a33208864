// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/halt.hpp"
#include "cli/items.hpp"
#include "cli/time.hpp"

namespace weft::cli {

enum class Show { Auto, Live, Lines, None };

struct MapOptions {
  std::vector<std::string> command;
  ItemsOptions items;
  bool pipe = false;
  int jobs = 0;  ///< 0: cpu_count()
  Time timeout = Never;
  Time grace = 2 * Second;
  std::int64_t memory = 0;
  bool dry_run = false;
  int retries = 0;
  Time retry_delay = 100 * Millisecond;
  Halt halt;
  bool ordered = false;
  std::string joblog, json;
  bool resume = false;
  Show show = Show::Auto;
  bool summary = false;
  bool help = false;
};

/// The command line cannot be understood; what() says why.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An option of `weft map`: the one place that the parser, --help, the manual
/// and the shells' completion know it from.
struct Option {
  char letter;        ///< 0: only the long form
  const char* name;   ///< without the dashes
  const char* value;  ///< what is shown for its value; null: it takes none
  const char* help;
  void (*apply)(MapOptions& options, const std::string& value);
};

struct OptionGroup {
  const char* title;
  std::span<const Option> options;
};

std::span<const OptionGroup> map_options();

/// Reads the words after `weft map`. Throws UsageError.
MapOptions parsed(const std::vector<std::string>& words);

}  // namespace weft::cli
