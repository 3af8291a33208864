// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "subprocess/repr.hpp"

#include <cstdio>

namespace weft::subprocess {
namespace {

// The length of the UTF-8 character that `text` begins with, 0 if it is none.
std::size_t character(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t size = byte(0) < 0x80                      ? 1
                     : byte(0) >= 0xc2 && byte(0) < 0xe0 ? 2
                     : byte(0) >= 0xe0 && byte(0) < 0xf0 ? 3
                     : byte(0) >= 0xf0 && byte(0) < 0xf5 ? 4
                                                         : 0;
  if (size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (size == 3 && ((byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xed && byte(1) > 0x9f))) return 0;
  if (size == 4 && ((byte(0) == 0xf0 && byte(1) < 0x90) || (byte(0) == 0xf4 && byte(1) > 0x8f))) return 0;
  return size;
}

}  // namespace

std::string repr(std::string_view text) {
  bool single = text.find('\'') == std::string_view::npos || text.find('"') != std::string_view::npos;
  char quote = single ? '\'' : '"';
  std::string shown(1, quote);
  while (!text.empty()) {
    char c = text[0];
    std::size_t size = character(text);
    if (c == '\n') {
      shown += "\\n";
    } else if (c == '\r') {
      shown += "\\r";
    } else if (c == '\t') {
      shown += "\\t";
    } else if (c == quote || c == '\\') {
      shown += {'\\', c};
    } else if (size == 0 || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned char>(c));
      shown += code;
    } else {
      shown += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return shown += quote;
}

std::string repr(const std::vector<std::string>& words) {
  std::string shown = "[";
  for (const std::string& word : words) {
    if (shown.size() > 1) shown += ", ";
    shown += repr(word);
  }
  return shown += "]";
}

}  // namespace weft::subprocess
