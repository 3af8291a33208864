// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/wait_until.hpp"

namespace weft::test {

/// A crew says who acts in a contract, so that one text tests a primitive with
/// OS threads, green threads, both mixed, and processes. A crew has:
///
///   Hand              one who acts: made from a std::function<void()>, which it begins to run at once,
///                     and a join() that waits for its end
///   Shared<T>         a T that the test and all hands see, used like a pointer: counts, flags, results.
///                     What a hand captures by reference is not seen by others in every crew
///   static Name       for messages
///   static is_one_process   whether hands may throw, and plain references are shared
///
/// A contract takes the type under test and the crew; Bunch runs the crew.

/// Bare OS threads: weft knows nothing of them until they call it, as it is
/// with the threads of most programs.
struct OsThreads {
  static constexpr const char* Name = "OsThreads";
  static constexpr bool is_one_process = true;

  template <class T>
  class Shared {
   public:
    template <class... Args>
    requires std::is_constructible_v<T, Args...>
    explicit Shared(Args&&... args) : value_(std::make_shared<T>(std::forward<Args>(args)...)) {}
    T& operator*() const { return *value_; }
    T* operator->() const { return value_.get(); }

   private:
    std::shared_ptr<T> value_;
  };

  class Hand {
   public:
    explicit Hand(std::function<void()> run) {
      auto* work = new std::function<void()>(std::move(run));
      if (int error = ::pthread_create(&thread_, nullptr, &Hand::main, work)) {
        delete work;
        throw std::system_error(error, std::generic_category(), "pthread_create");
      }
    }
    Hand(Hand&& other) noexcept : thread_(other.thread_), joined_(std::exchange(other.joined_, true)) {}
    Hand& operator=(Hand&&) = delete;
    ~Hand() { join(); }

    void join() {
      if (!std::exchange(joined_, true)) ::pthread_join(thread_, nullptr);
    }

   private:
    static void* main(void* argument) {
      std::unique_ptr<std::function<void()>> work(static_cast<std::function<void()>*>(argument));
      (*work)();
      return nullptr;
    }

    pthread_t thread_;
    bool joined_ = false;
  };
};

struct BunchOptions {
  bool wait_before_exit = false;  ///< the hands stay until finish() is called
};

/// Several hands that run the same function, as Bunch in CPython's lock_tests.
/// The constructor returns when all have begun. The function may take the
/// number of its hand, from 0.
///
///     Bunch<Crew> bunch(3, [&] { lock.acquire(); lock.release(); });
///     ASSERT_TRUE(bunch.wait_for_finished());
///
/// The destructor waits for all of them. What a hand throws fails the test.
template <class Crew>
class Bunch {
 public:
  template <class F>
  Bunch(int hands, F f, BunchOptions options = {}) : size_(hands), counts_() {
    counts_->may_exit = !options.wait_before_exit;
    hands_.reserve(static_cast<std::size_t>(hands));
    for (int i = 0; i < hands; ++i) {
      hands_.emplace_back([counts = counts_, f, i] {
        counts->started.fetch_add(1);
        try {
          if constexpr (std::is_invocable_v<F, int>) {
            f(i);
          } else {
            f();
          }
        } catch (const std::exception& error) {
          ADD_FAILURE() << Crew::Name << ": hand " << i << " threw " << error.what();
        }
        counts->finished.fetch_add(1);
        static_cast<void>(wait_until([&] { return counts->may_exit.load(); }, 600));
      });
    }
    EXPECT_TRUE(wait_until([this] { return started() == size_; })) << Crew::Name << ": not all hands began";
  }
  ~Bunch() { join(); }
  Bunch(const Bunch&) = delete;
  Bunch& operator=(const Bunch&) = delete;

  int started() const { return counts_->started.load(); }
  int finished() const { return counts_->finished.load(); }
  int size() const { return size_; }

  [[nodiscard]] bool wait_for_finished(double seconds = 10) const {
    return wait_until([this] { return finished() == size_; }, seconds);
  }

  /// Lets the hands go that wait before exit.
  void finish() { counts_->may_exit = true; }

  /// Waits until every hand has ended; lets those go that wait before exit.
  void join() {
    finish();
    for (auto& hand : hands_) hand.join();
  }

 private:
  struct Counts {
    std::atomic<int> started{0}, finished{0};
    std::atomic<bool> may_exit{false};
  };

  int size_;
  typename Crew::template Shared<Counts> counts_;
  std::vector<typename Crew::Hand> hands_;
};

/// The two holes of a contract, for typed tests: TYPED_TEST_SUITE(LockTests, ...<Hole<Lock, OsThreads>>).
template <class T, class C>
struct Hole {
  using Type = T;
  using Crew = C;
};

}  // namespace weft::test
