// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <functional>
#include <utility>

#include "support/crew.hpp"
#include "weft/threading/thread.hpp"

namespace weft::test {

/// Threads that weft started itself: known to it, and on stacks used again.
struct Threads {
  static constexpr const char* Name = "Threads";
  static constexpr bool is_one_process = true;

  template <class T>
  using Shared = OsThreads::Shared<T>;

  class Hand {
   public:
    explicit Hand(std::function<void()> run) : thread_(std::move(run)) { thread_.start(); }
    Hand(Hand&&) = default;
    Hand& operator=(Hand&&) = delete;
    ~Hand() { join(); }

    void join() {
      if (thread_ != threading::Thread()) thread_.join();
    }

   private:
    threading::Thread thread_;
  };
};

}  // namespace weft::test
