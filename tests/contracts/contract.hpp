// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "os/clock.hpp"
#include "support/crew.hpp"
#include "support/support.hpp"
#include "wait/waiter.hpp"

namespace weft::test {

/// A contract holds the tests of CPython's Lib/test/lock_tests.py for one
/// primitive, test_acquire_release as AcquireRelease, and what weft promises
/// beyond them. It has two holes, which a room's test file fills:
///
///     using Holes = ::testing::Types<Hole<threading::Lock, OsThreads>>;
///     INSTANTIATE_TYPED_TEST_SUITE_P(Lock, LockTests, Holes, CrewNames);
///
/// A contract keeps to what all crews can do: whatever the hands touch is
/// Shared, they capture it by value, and they leave the judging to the test.

/// The object under test, and anything else that the test and all hands see.
template <class Hole, class T>
using Shared = typename Hole::Crew::template Shared<T>;
template <class Hole>
using Subject = Shared<Hole, typename Hole::Type>;

template <class Hole>
using Hands = Bunch<typename Hole::Crew>;

/// The last part of a test's name: who acts.
struct CrewNames {
  template <class Hole>
  static std::string GetName(int) {
    return Hole::Crew::Name;
  }
};

/// How many wait for the object now, of this process.
inline int waiters(const void* object) {
  int count = 0;
  for (const wait::Sight& sight : wait::everybody()) count += !sight.kind.empty() && sight.object == object;
  return count;
}

/// Interrupts everybody of this process who waits for the object now.
inline void interrupt_waiters(const void* object) {
  for (const wait::Sight& sight : wait::everybody()) {
    if (sight.kind.empty() || sight.object != object) continue;
    if (wait::Waiter* waiter = wait::find(sight.id)) waiter->interrupt();
  }
}

/// How many wait, for any crew. One that acts elsewhere says itself how many wait.
template <class Hole, class T>
int waiters(const T& object) {
  if constexpr (requires { Hole::Crew::waiters(object); }) {
    return Hole::Crew::waiters(object);
  } else {
    return waiters(static_cast<const void*>(&object));
  }
}

template <class Hole, class T>
[[nodiscard]] bool wait_for_waiters(const T& object, int count) {
  return wait_until([&] { return waiters<Hole>(object) == count; });
}

/// Time as the test wants it: it stands still but for move(). Where the hands
/// are other processes it is the real one, and move() lets it pass.
template <class Hole>
class Time {
 public:
  static constexpr bool stands_still = Hole::Crew::is_one_process;

  Time() {
    if constexpr (stands_still) clock_.emplace();
  }

  static void move(double seconds) {
    if constexpr (stands_still) wait::move_clock(static_cast<std::int64_t>(seconds * 1e9));
  }

  /// Seconds since some moment.
  static double now() { return static_cast<double>(os::now()) / 1e9; }

 private:
  std::optional<os::TestClock> clock_;
};

/// What the hands note down, for the test to read: a list that needs no lock,
/// and no memory but its own.
class Notes {
 public:
  void add(int note) {
    std::size_t place = size_.fetch_add(1);
    if (place < notes_.size()) notes_[place].store(note + 1);
  }

  int size() const { return static_cast<int>(values().size()); }

  /// In the order in which they were added.
  std::vector<int> values() const {
    std::vector<int> values;
    for (const std::atomic<int>& note : notes_) {
      int value = note.load();
      if (value != 0) values.push_back(value - 1);
    }
    return values;
  }

  std::vector<int> sorted() const {
    std::vector<int> values = this->values();
    std::sort(values.begin(), values.end());
    return values;
  }

  int count(int note) const {
    std::vector<int> values = this->values();
    return static_cast<int>(std::count(values.begin(), values.end(), note));
  }

 private:
  std::atomic<std::size_t> size_{0};
  std::array<std::atomic<int>, 64> notes_{};  // the note and one: 0 is not written yet
};

template <class Hole>
using SharedNotes = Shared<Hole, Notes>;
template <class Hole>
using SharedNumber = Shared<Hole, std::atomic<int>>;
template <class Hole>
using SharedSeconds = Shared<Hole, std::atomic<double>>;

/// n times the same note, and so on: times({{3, 1}, {2, 2}}) is 1 1 1 2 2.
inline std::vector<int> times(std::initializer_list<std::pair<int, int>> parts) {
  std::vector<int> values;
  for (auto [n, note] : parts) values.insert(values.end(), static_cast<std::size_t>(n), note);
  return values;
}

/// Whether f() throws an E that says exactly `words`.
template <class E, class F>
::testing::AssertionResult throws(F f, const std::string& words) {
  try {
    f();
  } catch (const E& error) {
    if (error.what() == words) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "it says \"" << error.what() << "\"";
  } catch (const std::exception& error) {
    return ::testing::AssertionFailure() << "it throws something else: " << error.what();
  }
  return ::testing::AssertionFailure() << "it throws nothing";
}

}  // namespace weft::test
