// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/text.hpp"

#include <fmt/format.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>

#include <algorithm>
#include <cmath>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace weft::cli {
namespace {

bool is_plain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("%+,-./:=@_^").find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

// One character of a text: its bytes and its code, or a byte that is no UTF-8.
struct Character {
  std::size_t size = 1;
  char32_t code = 0;
  bool valid = false;
};

Character first_character(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0), true};
  std::size_t size = byte(0) >= 0xc2 && byte(0) < 0xe0   ? 2
                     : byte(0) >= 0xe0 && byte(0) < 0xf0 ? 3
                     : byte(0) >= 0xf0 && byte(0) < 0xf5 ? 4
                                                         : 0;
  if (size == 0 || size > text.size()) return {};
  char32_t code = byte(0) & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  constexpr char32_t Least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < Least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {size, code, true};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    Character c = first_character(text);
    if (!c.valid) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

// Who reads "a\u202etxt.exe" sees another name: these turn the direction of what follows.
bool turns_direction(char32_t code) {
  return code == 0x200e || code == 0x200f || code == 0x61c || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool is_shown_as_bytes(const Character& c) {
  bool second_control = c.code >= 0x80 && c.code < 0xa0;  // terminals obey these as they obey ESC and a letter
  return !c.valid || second_control || turns_direction(c.code) ||
         (c.code < 0x80 && is_control(static_cast<unsigned char>(c.code)));
}

bool needs_escapes(std::string_view word) {
  for (Character c; !word.empty(); word.remove_prefix(c.size)) {
    c = first_character(word);
    if (is_shown_as_bytes(c)) return true;
  }
  return false;
}

std::string escaped(std::string_view word) {
  std::string shown = "$'";
  bool utf8 = is_utf8(word);
  while (!word.empty()) {
    Character c = first_character(word);
    std::string_view bytes = word.substr(0, c.size);
    word.remove_prefix(c.size);
    if (bytes == "\n") {
      shown += "\\n";
    } else if (bytes == "\t") {
      shown += "\\t";
    } else if (bytes == "'" || bytes == "\\") {
      shown += '\\';
      shown += bytes;
    } else if (is_shown_as_bytes(c) || (c.size > 1 && !utf8)) {
      for (char byte : bytes) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    } else {
      shown += bytes;
    }
  }
  return shown + "'";
}

// How wide the C library takes a character to be, whatever language the user
// has set: 0 for what joins the one before it, -1 for what cannot be shown.
int width_of(char32_t code) {
  if (code < 0x7f) return code < 0x20 ? -1 : 1;
  if (turns_direction(code)) return -1;
  static const locale_t Utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (Utf8 == nullptr) return -1;
  locale_t before = ::uselocale(Utf8);
  int width = ::wcwidth(static_cast<wchar_t>(code));
  ::uselocale(before);
  return width;
}

}  // namespace

std::string shell_word(std::string_view word) {
  if (needs_escapes(word)) return escaped(word);
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
  std::string shown = "'";
  for (char c : word) {
    if (c == '\'') {
      shown += "'\\''";
    } else {
      shown += c;
    }
  }
  return shown + "'";
}

std::string shell_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    std::string shown = shell_word(word);
    bool assigns = line.empty() && shown == word && word.find('=') != std::string::npos;  // as a shell would read it
    if (!line.empty()) line += ' ';
    line += assigns ? "'" + shown + "'" : shown;
  }
  return line;
}

std::string quoted(std::string_view word) {
  constexpr std::size_t Most = 150;
  if (word.size() <= Most) return shell_word(word);
  std::string rest = fmt::format("... ({} bytes)", word.size());
  word = word.substr(0, Most);
  while (!word.empty() && (static_cast<unsigned char>(word.back()) & 0xc0) == 0x80) word.remove_suffix(1);
  if (!word.empty() && static_cast<unsigned char>(word.back()) >= 0xc0) word.remove_suffix(1);
  return shell_word(word) + rest;
}

std::string json_string(std::string_view text) {
  std::string json = "\"";
  while (!text.empty()) {
    Character c = first_character(text);
    if (!c.valid) {
      json += fmt::format("\\udc{:02x}", static_cast<unsigned char>(text[0]));
    } else if (text[0] == '"' || text[0] == '\\') {
      json += {'\\', text[0]};
    } else if (text[0] == '\n') {
      json += "\\n";
    } else if (is_control(static_cast<unsigned char>(text[0]))) {
      json += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[0]));
    } else {
      json += text.substr(0, c.size);
    }
    text.remove_prefix(c.size);
  }
  return json += '"';
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    Character c = first_character(text);
    int width = c.valid ? width_of(c.code) : -1;
    columns += width < 0 ? 1 : static_cast<std::size_t>(width);
    text.remove_prefix(c.size);
  }
  return columns;
}

std::string fit(std::string_view text, std::size_t columns) {
  // Where to cut if the rest turns out not to fit: room is left for the ellipsis.
  std::string shown, until_cut;
  std::size_t used = 0, used_until_cut = 0;
  while (!text.empty()) {
    Character c = first_character(text);
    int found = c.valid ? width_of(c.code) : -1;
    std::size_t width = found < 0 ? 1 : static_cast<std::size_t>(found);
    if (used + width > columns) {
      if (columns == 0) return {};
      return until_cut + "…" + std::string(columns - used_until_cut - 1, ' ');
    }
    shown += found < 0 ? std::string_view("?") : text.substr(0, c.size);
    used += width;
    if (used < columns) {
      until_cut = shown;
      used_until_cut = used;
    }
    text.remove_prefix(c.size);
  }
  return shown + std::string(columns - used, ' ');
}

std::uint64_t digest(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

std::string digest_mark(std::uint64_t digest) { return fmt::format("  # XXH3 {:016x}", digest); }

std::string_view digest_mark(std::string_view line) {
  static const std::size_t Size = digest_mark(std::uint64_t{0}).size();
  if (line.size() < Size) return {};
  std::string_view end = line.substr(line.size() - Size);
  return end.starts_with("  # XXH3 ") ? end : std::string_view();
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

std::string human_time(Time t) {
  double s = seconds(std::max<Time>(t, 0));
  if (s < 9.995) return fmt::format("{:.2f} s", s);
  if (s < 59.95) return fmt::format("{:.1f} s", s);
  auto whole = static_cast<std::int64_t>(std::min(s + 0.5, 359'999'999.0));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string human_size(std::int64_t bytes) {
  constexpr const char* Units = "BKMGTPE";
  auto size = static_cast<double>(bytes);
  int unit = 0;
  for (; size >= 999.5 && unit < 6; ++unit) size /= 1024;
  if (unit == 0) return fmt::format("{}B", bytes);
  return size < 9.95 ? fmt::format("{:.1f}{}", size, Units[unit]) : fmt::format("{:.0f}{}", size, Units[unit]);
}

std::string count_of(std::int64_t n, std::string_view what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

}  // namespace weft::cli
