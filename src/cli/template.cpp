// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "cli/template.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/text.hpp"

namespace weft::cli {
namespace {

// "a/b.tar.gz" -> "a/b.tar". A dot in a folder's name begins no extension, nor
// does one at the beginning or the end of a file's name.
std::string_view stem(std::string_view path) {
  std::size_t dot = path.rfind('.');
  std::size_t slash = path.rfind('/');
  std::size_t name = slash == path.npos ? 0 : slash + 1;
  bool has_extension = dot != path.npos && dot > name && dot + 1 < path.size();
  return has_extension ? path.substr(0, dot) : path;
}

std::string_view file(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

// As dirname: slashes at the end, and several in a row, count for nothing.
std::string_view folder(std::string_view path) {
  std::size_t end = path.find_last_not_of('/');
  if (end == path.npos) return path.empty() ? "." : "/";
  std::size_t slash = path.rfind('/', end);
  if (slash == path.npos) return ".";
  std::size_t last = path.find_last_not_of('/', slash);
  return last == path.npos ? "/" : path.substr(0, last + 1);
}

}  // namespace

Template::Template(const std::vector<std::string>& words, bool add_item) {
  bool has_value = false;
  for (const std::string& word : words) {
    words_.push_back(parsed(word));
    for (const Piece& piece : words_.back()) {
      has_value |= piece.kind == Piece::Value;
      names_slot_ |= piece.kind == Piece::Slot;
    }
  }
  add_item_ = add_item && !has_value;
}

// What stands between braces; a Literal if that is none of our words.
Template::Piece Template::piece(std::string_view inside) {
  if (inside == "#") return {.kind = Piece::Number};
  if (inside == "%") return {.kind = Piece::Slot};
  Piece found{.kind = Piece::Value};
  std::size_t digits = 0;
  for (; digits < inside.size() && digits < 4 && inside[digits] >= '0' && inside[digits] <= '9'; ++digits) {
    found.source = found.source * 10 + static_cast<std::size_t>(inside[digits] - '0');
  }
  if (digits > 0 && found.source == 0) return {};
  std::string_view form = inside.substr(digits);
  constexpr std::string_view Forms[] = {"", ".", "/", "//", "/."};
  const auto* known = std::find(std::begin(Forms), std::end(Forms), form);
  if (known == std::end(Forms)) return {};
  found.form = static_cast<Piece::Form>(known - std::begin(Forms));
  return found;
}

Template::Word Template::parsed(std::string_view word) {
  Word pieces;
  std::string literal;
  while (!word.empty()) {
    std::size_t end = word[0] == '{' ? word.find('}') : word.npos;
    Piece found = end == word.npos ? Piece{} : piece(word.substr(1, end - 1));
    if (found.kind == Piece::Literal) {
      literal += word[0];
      word.remove_prefix(1);
      continue;
    }
    if (!literal.empty()) pieces.push_back({.text = std::exchange(literal, {})});
    pieces.push_back(std::move(found));
    word.remove_prefix(end + 1);
  }
  if (!literal.empty()) pieces.push_back({.text = std::move(literal)});
  return pieces;
}

std::string Template::formed(const std::string& value, Piece::Form form) {
  switch (form) {
    case Piece::Whole:
      break;
    case Piece::Stem:
      return std::string(stem(value));
    case Piece::File:
      return std::string(file(value));
    case Piece::Folder:
      return std::string(folder(value));
    case Piece::FileStem:
      return std::string(stem(file(value)));
  }
  return value;
}

std::vector<std::string> Template::filled(const Item& item, int slot) const {
  std::vector<std::string> words;
  words.reserve(words_.size() + item.values.size());
  for (const Word& pieces : words_) {
    std::string& word = words.emplace_back();
    for (const Piece& piece : pieces) {
      switch (piece.kind) {
        case Piece::Literal:
          word += piece.text;
          break;
        case Piece::Number:
          word += std::to_string(item.number);
          break;
        case Piece::Slot:
          word += slot == 0 ? "{%}" : std::to_string(slot);
          break;
        case Piece::Value:
          for (std::size_t i = 0; i < item.values.size(); ++i) {
            if (piece.source != 0 && piece.source != i + 1) continue;
            if (piece.source == 0 && i > 0) word += ' ';
            word += formed(item.values[i], piece.form);
          }
          break;
      }
    }
  }
  if (add_item_) words.insert(words.end(), item.values.begin(), item.values.end());
  return words;
}

std::string Template::line(const Item& item, int slot) const {
  std::string line = shell_line(filled(item, slot));
  if (!names_slot_ && item.block == nullptr) return line;
  return line + digest_mark(digest(fmt::format("{} {}", shell_line(filled(item, 0)), item.block_digest)));
}

bool Template::program_varies() const noexcept {
  if (words_.empty()) return true;
  return std::any_of(words_[0].begin(), words_[0].end(), [](const Piece& p) { return p.kind != Piece::Literal; });
}

std::string Template::program() const {
  return !words_.empty() && !words_[0].empty() ? words_[0][0].text : std::string();
}

}  // namespace weft::cli
