// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/item.hpp"

namespace weft::cli {

/// What becomes of each item: a command with holes in it, in any word and as
/// often as one likes.
///
///     {}    the item          {.}   without its extension
///     {/}   its file name     {/.}  that without its extension
///     {//}  its folder        {#}   its number      {%}  its slot
///     {2}   the value of the second source; {2.}, {2/}, {2//}, {2/.} as above
///
/// Where no hole for the item is, its values are the last words.
class Template {
 public:
  /// `add_item`: whether items without a hole go to the end.
  Template(const std::vector<std::string>& words, bool add_item);

  /// In slot 0, {%} stays as it is.
  std::vector<std::string> filled(const Item& item, int slot) const;
  /// That as one would type it. Where the words do not tell whether it is the same
  /// again, since they read a block or name the slot, a comment does.
  std::string line(const Item& item, int slot) const;

  /// Whether each item names a program of its own.
  bool program_varies() const noexcept;
  std::string program() const;

 private:
  struct Piece {
    enum Kind { Literal, Value, Number, Slot } kind = Literal;
    enum Form { Whole, Stem, File, Folder, FileStem } form = Whole;
    std::size_t source = 0;  // 0: all of them
    std::string text;        // of a literal
  };
  using Word = std::vector<Piece>;

  static Piece piece(std::string_view inside);
  static Word parsed(std::string_view word);
  static std::string formed(const std::string& value, Piece::Form form);

  std::vector<Word> words_;
  bool add_item_ = false;
  bool names_slot_ = false;
};

}  // namespace weft::cli
