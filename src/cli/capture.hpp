// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/descriptor.hpp"

namespace weft::cli {

/// Where captures put what is too much for memory: one file without a name,
/// made when it is first needed, in $TMPDIR. What is let go of is given back to
/// the file system at once, where that can punch holes.
class Spill {
 public:
  struct Extent {
    std::int64_t begin = 0, size = 0;
  };

  /// Throws OSError if the file cannot be made or the disk is full.
  Extent add(std::string_view data);
  void release(const std::vector<Extent>& extents) noexcept;
  std::size_t read(std::int64_t offset, char* into, std::size_t most) const;

  /// Whether so many bytes more may stay in memory; if so, they are counted.
  bool keep_in_memory(std::size_t size) noexcept;
  void forget_in_memory(std::size_t size) noexcept { in_memory_ -= size; }

 private:
  static constexpr std::size_t InMemory = 4 << 20;

  Descriptor file_;
  std::int64_t end_ = 0, live_ = 0;
  std::size_t in_memory_ = 0;
};

/// What a command has written to one of its outputs: the first part in memory,
/// the rest on disk, so that any amount can be kept until it is printed in one
/// piece. It may not outlive its Spill.
class Capture {
 public:
  Capture() = default;
  explicit Capture(Spill& spill) : spill_(&spill) {}
  Capture(Capture&& other) noexcept { *this = std::move(other); }
  Capture& operator=(Capture&& other) noexcept;
  ~Capture() { clear(); }

  /// Throws OSError if the disk is full; what was added before stays.
  void add(std::string_view data);
  void clear() noexcept;

  std::int64_t size() const noexcept { return static_cast<std::int64_t>(memory_.size()) + on_disk_; }
  bool empty() const noexcept { return size() == 0; }

  /// Some of it, beginning at `offset`, which must be less than size(). It may
  /// lie in `scratch`. Throws OSError.
  std::string_view piece(std::int64_t offset, std::string& scratch) const;

 private:
  Spill* spill_ = nullptr;
  std::string memory_;
  std::vector<Spill::Extent> extents_;
  std::int64_t on_disk_ = 0;
};

}  // namespace weft::cli
