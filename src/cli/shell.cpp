// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weft::cli {
namespace {

bool is_plain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("%+,-./:=@_^").find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

// Whether all of it is UTF-8; only how it is shown depends on it.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i++]);
    int more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : -1;
    if (more < 0) return false;
    for (; more > 0; --more) {
      if (i == text.size() || (static_cast<unsigned char>(text[i++]) & 0xc0) != 0x80) return false;
    }
  }
  return true;
}

std::string escaped(std::string_view word, bool utf8) {
  std::string shown = "$'";
  for (char c : word) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      shown += "\\n";
    } else if (c == '\t') {
      shown += "\\t";
    } else if (c == '\'' || c == '\\') {
      shown += {'\\', c};
    } else if (is_control(byte) || (byte >= 0x80 && !utf8)) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += c;
    }
  }
  return shown + "'";
}

}  // namespace

std::string quoted(std::string_view word) {
  constexpr std::size_t Most = 150;
  std::string rest;
  if (word.size() > Most) {
    rest = fmt::format("... ({} bytes)", word.size());
    word = word.substr(0, Most);
    while (!word.empty() && (static_cast<unsigned char>(word.back()) & 0xc0) == 0x80) word.remove_suffix(1);
    if (!word.empty() && static_cast<unsigned char>(word.back()) >= 0xc0) word.remove_suffix(1);
  }
  bool utf8 = is_utf8(word);
  if (!utf8 || std::any_of(word.begin(), word.end(), is_control)) return escaped(word, utf8) + rest;
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word) + rest;
  std::string shown = "'";
  for (char c : word) {
    if (c == '\'') {
      shown += "'\\''";
    } else {
      shown += c;
    }
  }
  return shown + "'" + rest;
}

Template::Template(std::vector<std::string> words) : words_(std::move(words)) {
  bool has_hole = std::any_of(words_.begin(), words_.end(),
                              [](const std::string& word) { return word.find(Hole) != std::string::npos; });
  if (!has_hole) words_.emplace_back(Hole);
}

std::vector<std::string> Template::filled(std::string_view item) const {
  std::vector<std::string> words = words_;
  for (std::string& word : words) {
    for (std::size_t at = 0; (at = word.find(Hole, at)) != std::string::npos; at += item.size()) {
      word.replace(at, Hole.size(), item);
    }
  }
  return words;
}

}  // namespace weft::cli
