// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weft::cli {

/// What a command has written to one of its outputs: the first part in memory,
/// the rest in a file without a name, so that any amount can be kept until it
/// is printed in one piece.
class Capture {
 public:
  Capture() = default;
  Capture(Capture&& other) noexcept;
  Capture& operator=(Capture&& other) noexcept;
  ~Capture() { clear(); }

  /// Throws OSError if the file cannot be made or the disk is full.
  void add(std::string_view data);
  void clear() noexcept;

  bool empty() const noexcept { return memory_.empty(); }
  char last() const noexcept { return last_; }

  /// Calls write(piece) for all of it in order, until that returns false.
  template <class Write>
  void each_piece(Write write) const;

 private:
  static constexpr std::size_t InMemory = 1 << 18;
  static constexpr std::size_t Piece = 1 << 16;

  std::size_t read_file(std::int64_t offset, char* into) const;

  std::string memory_;
  int file_ = -1;
  std::int64_t in_file_ = 0;
  char last_ = '\n';
};

template <class Write>
void Capture::each_piece(Write write) const {
  if (!memory_.empty() && !write(std::string_view(memory_))) return;
  if (in_file_ == 0) return;
  std::string piece(Piece, '\0');
  for (std::int64_t offset = 0; offset < in_file_;) {
    std::size_t size = read_file(offset, piece.data());
    if (!write(std::string_view(piece.data(), size))) return;
    offset += static_cast<std::int64_t>(size);
  }
}

}  // namespace weft::cli
