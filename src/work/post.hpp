// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstdint>

#include "os/cpu.hpp"
#include "work/idle.hpp"

namespace weft::work {

/// What one of a crew works at: a seat to lie in, and who has it. At any moment
/// that is nobody, its own worker, or a guest while that one sleeps.
template <class Place>
struct Post {
  template <class T>
  using Atomic = typename Place::template Atomic<T>;

  explicit Post(std::uint32_t n) noexcept : number(n) {}

  typename Idle<Place>::Seat seat;
  const std::uint32_t number;
  Atomic<bool> present{false};     // lies idle or is up
  Atomic<bool> hired{false};       // there is a thread, or will be
  Atomic<bool> lendable{false};    // its thread runs nothing else while it lies idle
  Atomic<std::uint32_t> cpu{0};    // where its thread was when it was last called
  Atomic<std::uint32_t> marks{0};  // what is known of the tasks here
  Atomic<std::uint64_t> begun{0};  // twice the tasks begun; odd while one runs
  std::uint64_t begun_seen = 0;    // `begun` at the watcher's last look
  std::uint32_t asked_at = 0;      // the number of the look at which it last asked
  struct {
    os::Usage since{};  // of the thread that works here
    int left = 0;       // tasks, until it ends; 0: it has not begun
  } account;

  static constexpr std::uint32_t Stuck = 1;    // the watcher has written it off until its task ends
  static constexpr std::uint32_t Asked = 2;    // and asks for an account of the next tasks
  static constexpr std::uint32_t Waiting = 4;  // by the last one, tasks wait here for a good part of their time
  static constexpr std::uint32_t Waited = 8;   // that was so before it last lay down; no account since

  /// How many more may be up than there are cores, for one with these marks. Who is
  /// stuck may be about to compute; of those whose tasks wait, the next ones do, too.
  static std::uint32_t stand_ins(std::uint32_t marks) noexcept {
    constexpr std::uint32_t ForWaiting = 8, ForStuck = 2;
    return (marks & Waiting) != 0 ? ForWaiting : (marks & Stuck) != 0 ? ForStuck : 0;
  }
};

}  // namespace weft::work
