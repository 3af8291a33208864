// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::cli {

/// A word as one would type it in a shell: plain, 'in quotes', or $'with\n
/// escapes' where it holds what a terminal should not be sent. Cut after about
/// a hundred and fifty characters.
std::string quoted(std::string_view word);

/// What becomes of each item: a command in which {} stands for the item, in any
/// word and as often as one likes. Where it stands nowhere, the item is the last
/// word.
class Template {
 public:
  explicit Template(std::vector<std::string> words);

  std::vector<std::string> filled(std::string_view item) const;
  const std::string& program() const noexcept { return words_[0]; }

  /// Whether each item names a program of its own.
  bool program_varies() const noexcept { return words_[0].find(Hole) != std::string::npos; }

 private:
  static constexpr std::string_view Hole = "{}";
  std::vector<std::string> words_;
};

}  // namespace weft::cli
