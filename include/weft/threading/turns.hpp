// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/timeout.hpp"

namespace weft::threading {

/// Lets callers run in a set order, round after round: 0, 1, 2, 0, 1, 2, ...
///
///     weft::threading::Turns turns(3);
///     // in thread number n:
///     for (int round = 0; round < 10; ++round) {
///       auto turn = turns.take(n);  // waits until it is n's turn
///       std::printf("%c", "ABC"[n]);
///     }                             // the turn passes on when `turn` goes
///     turns.leave(n);               // the others go on without n
///
/// Python has no such class: there one passes locks or conditions around.
/// Nobody waits for one who has left.
///
/// In the child of a fork(), a turn that another thread was having does not pass
/// on: make new Turns there.
class WEFT_API Turns {
 public:
  /// Whose turn it is, for as long as this lives; then the next one's.
  class WEFT_API Turn {
   public:
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn();

    /// False if the timeout ran out before the turn came.
    explicit operator bool() const noexcept { return turns_ != nullptr; }

   private:
    friend class Turns;
    explicit Turn(Turns* turns) noexcept : turns_(turns) {}
    Turns* turns_;
  };

  /// For `members`, numbered from 0. Throws ValueError if less than one.
  explicit Turns(int members);
  ~Turns();
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  /// Waits until it is `member`'s turn. Throws RuntimeError if it has left, and
  /// ValueError if there is no such member.
  [[nodiscard]] Turn take(int member, const Timeout& timeout = {});

  /// From now on the others go on without `member`.
  void leave(int member);

  /// Whose turn it is or comes next; -1 if all have left.
  int next() const noexcept;

 private:
  void pass();

  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace weft::threading
