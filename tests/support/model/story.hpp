// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft::model {

/// `story`, and then `event`: a hash of all that happened, in order.
inline std::uint64_t and_then(std::uint64_t story, std::uint64_t event) {
  std::uint64_t hash = (story ^ event * 0xbf58476d1ce4e5b9ull) * 0x9e3779b97f4a7c15ull;
  hash ^= hash >> 32;
  hash *= 0x94d049bb133111ebull;
  return hash ^ hash >> 29;
}

/// The states that runs have been in, by their hash, each with the number of
/// preemptions that were left there.
class Visited {
 public:
  void clear() {
    slots_.assign(1024, {0, 0});
    used_ = 0;
  }

  /// True if a run has been here before with as many preemptions left, or more.
  /// Otherwise one has from now on.
  bool visit(std::uint64_t state, int left) {
    if (state == 0) state = 1;
    Slot& slot = find(state);
    if (slot.state == state) {
      if (slot.left >= left) return true;
      slot.left = left;
      return false;
    }
    if (used_ == Most) return false;
    slot = {state, left};
    if (++used_ * 2 > slots_.size()) grow();
    return false;
  }

 private:
  struct Slot {
    std::uint64_t state;
    int left;
  };

  // Beyond this nothing is remembered any more, and less is skipped.
  static constexpr std::size_t Most = std::size_t{1} << 23;

  Slot& find(std::uint64_t state) {
    std::size_t mask = slots_.size() - 1, at = state & mask;
    while (slots_[at].state != 0 && slots_[at].state != state) at = (at + 1) & mask;
    return slots_[at];
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2, {0, 0});
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.state != 0) find(slot.state) = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(1024, {0, 0});
  std::size_t used_ = 0;
};

}  // namespace weft::model
