// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft::model {

/// Every decision that a program cannot foresee is taken here: who runs next,
/// which store a load reads, whether a sleep times out. Alternative 0 is always
/// the plain one: go on, read the newest.
///
/// One run of a model is one trail of decisions. begin_every() and advance()
/// lead through all trails, depth first; begin_random() draws one from a seed;
/// begin_again() repeats the last.
class Choices {
 public:
  enum Kind { Turn, Read, Place, Accident, Kinds };

  void begin_every() {
    how_ = How::Every;
    at_ = 0;
  }

  /// To the next trail that has not been taken yet; false if there is none.
  bool advance() {
    while (!trail_.empty() && trail_.back().taken + 1 == trail_.back().count) trail_.pop_back();
    if (trail_.empty()) return false;
    ++trail_.back().taken;
    return true;
  }

  void begin_random(std::uint64_t seed) {
    how_ = How::Random;
    state_ = seed;
    trail_.clear();
    // Some runs switch often and some seldom, some are all stale and some not
    // at all: bugs hide in different weathers.
    for (std::uint32_t& odds : odds_) {
      constexpr std::uint32_t Weather[] = {0, 3, 10, 30, 60};  // percent
      odds = Weather[draw() % 5];
    }
    if (odds_[Turn] == 0) odds_[Turn] = 20;
  }

  void begin_again() {
    how_ = How::Again;
    at_ = 0;
  }

  void forget() {
    trail_.clear();
    strayed_ = false;
  }

  /// One of `count` alternatives, with 0 as the plain one.
  int among(int count, Kind kind) {
    if (count < 2) return 0;
    if (how_ == How::Random) {
      int taken = draw() % 100 < odds_[kind] ? 1 + static_cast<int>(draw() % static_cast<unsigned>(count - 1)) : 0;
      trail_.push_back({static_cast<std::uint16_t>(taken), static_cast<std::uint16_t>(count)});
      return taken;
    }
    if (at_ == trail_.size()) {
      if (how_ == How::Again) return 0;
      trail_.push_back({0, static_cast<std::uint16_t>(count)});
    }
    Choice& choice = trail_[at_++];
    if (choice.count != count) strayed_ = true;
    return choice.taken < count ? choice.taken : 0;
  }

  /// One of `count` alternatives of which none is plainer than another.
  int among_equals(int count) {
    if (count < 2) return 0;
    if (how_ != How::Random) return among(count, Turn);
    int taken = static_cast<int>(draw() % static_cast<unsigned>(count));
    trail_.push_back({static_cast<std::uint16_t>(taken), static_cast<std::uint16_t>(count)});
    return taken;
  }

  /// True if a trail, or the part of it that was taken before, met other
  /// alternatives this time: the run depends on something that is not decided here.
  bool strayed() const { return strayed_ || (how_ != How::Random && at_ < trail_.size()); }

 private:
  enum class How { Every, Random, Again };

  struct Choice {
    std::uint16_t taken, count;
  };

  std::uint64_t draw() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  How how_ = How::Every;
  std::vector<Choice> trail_;
  std::size_t at_ = 0;
  bool strayed_ = false;
  std::uint64_t state_ = 0;
  std::uint32_t odds_[Kinds] = {};
};

}  // namespace weft::model
