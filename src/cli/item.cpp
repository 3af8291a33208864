// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/item.hpp"

#include <fmt/format.h>

#include <system_error>

#include "cli/text.hpp"

namespace weft::cli {

std::string Item::name() const {
  if (values.empty()) return fmt::format("block {}", number);
  std::string text;
  for (const std::string& value : values) {
    if (!text.empty()) text += ' ';
    text += quoted(value);
  }
  return too_long ? text + ", and more," : text;
}

std::string Result::verdict() const {
  std::string text;
  switch (how) {
    case Exited:
      text =
          code < 0 ? fmt::format("was killed by {}", signal_name(-code)) : fmt::format("failed with status {}", code);
      break;
    case TimedOut:
      text = fmt::format("timed out after {}", human_time(asked_after));
      break;
    case TooLarge:
      text = fmt::format("was ended: it used {} of memory", human_size(memory));
      break;
    case NotKept:
      text = fmt::format("was ended: its output could not be kept: {}", std::system_category().message(error));
      break;
    case NotRun:
      text = error == EINVAL ? "could not be run: a word of it holds a null byte"
                             : fmt::format("could not be run: {}", std::system_category().message(error));
      break;
    case Cut:
      text = "was ended";
      break;
  }
  return text;
}

}  // namespace weft::cli
