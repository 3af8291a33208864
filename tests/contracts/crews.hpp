// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <functional>
#include <memory>
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

/// Everybody of one process who can act in a contract. Who does is chosen by
/// WEFT_CREW in the environment, so that a contract is compiled once and ctest
/// runs it with each:
///
///   OsThreads     bare OS threads, which is the default
///   Threads       threads that weft started itself, on stacks used again
///   GreenThreads  green threads, all on one hub
///   Hubs          green threads on several hubs
///   Mixed         OS threads and green threads, in turn
struct AnyCrew {
  static const char* const Name;
  static constexpr bool is_one_process = true;

  template <class T>
  using Shared = OsThreads::Shared<T>;

  class Hand {
   public:
    explicit Hand(std::function<void()> run);
    Hand(Hand&&) noexcept;
    Hand& operator=(Hand&&) = delete;
    ~Hand();

    void join();

   private:
    struct Body;
    std::unique_ptr<Body> body_;
  };
};

/// A contract for each of them.
template <class T>
using EveryCrew = ::testing::Types<Hole<T, AnyCrew>>;

}  // namespace weft::test
