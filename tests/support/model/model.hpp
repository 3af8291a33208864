// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "support/model/atomic.hpp"
#include "support/model/data.hpp"
#include "support/model/failure.hpp"
#include "support/model/place.hpp"
#include "support/model/scheduler.hpp"

/// Runs a small concurrent program in every way in which it can run.
///
///     TEST(LockModel, LetsOneInAtATime) {
///       model::check([] {
///         ModelLock lock;
///         model::Data<int> counter = 0;
///         auto add = [&] {
///           lock.acquire();
///           counter = counter + 1;
///           lock.release();
///         };
///         model::together(add, add, add);
///         model::require(counter == 3, "an addition was lost");
///       });
///     }
///
/// The body is run again and again, each time with other decisions: who goes
/// on, which store a load reads, whether a sleep times out. It must do nothing
/// that depends on anything else (the time, addresses, a static). README.md in
/// this folder tells what the memory is like and what is not seen.
namespace weft::model {

struct Options {
  int preemptions = usual_preemptions();  ///< how often one who could go on loses its turn; -1: there is no bound
  int stale = -1;            ///< how often a load misses the newest store, or a store comes before it; -1: no bound
  int spurious = 0;          ///< so many sleeps end without a wake, or weak exchanges fail without reason
  bool any_order = false;    ///< wake() may wake others than those who slept longest
  std::uint64_t random = 0;  ///< 0: every run there is; else so many, drawn by chance
  std::uint64_t seed = 0;    ///< of the first of these; 0: what test::seed() says
  int steps = 20'000;        ///< a run that takes more is a livelock

  static int usual_preemptions();  ///< 2, and 3 under `make stress`
};

/// What was found.
struct Report {
  Failure failure = Failure::None;
  std::string message;  ///< the failure in words, with who waits for what
  std::string trace;    ///< each step of the run that failed
  std::uint64_t runs = 0, steps = 0;
  std::uint64_t seed = 0;  ///< of the run that failed, if it was drawn by chance
  bool complete = false;   ///< there are no other runs within the bounds
  double seconds = 0;

  bool holds() const { return failure == Failure::None; }
};

std::ostream& operator<<(std::ostream& out, const Report& report);

/// Runs the body until a run fails, or there are no more.
Report explore(const Options& options, const std::function<void()>& body);
inline Report explore(const std::function<void()>& body) { return explore({}, body); }

/// The same; a failure is a failure of the test that calls it. Under AddressSanitizer, which
/// is there for the memory, 4,000 runs by chance.
Report check(Options options, const std::function<void()>& body);
inline Report check(const std::function<void()>& body) { return check({}, body); }

/// The same, and it fails as well if there are runs within the bounds that were not made.
void check_all(const Options& options, const std::function<void()>& body);

/// Within the usual bounds: two preemptions and two stale loads; under `make stress` two with
/// three of these, and three with one.
void check_all(const std::function<void()>& body);

/// A part of what lies beyond: any number of preemptions and stale loads. 20,000 runs, and a
/// million under `make stress`.
void check_many(const std::function<void()>& body);

/// What weaken_each() found.
struct Weakened {
  int orders = 0;                      ///< so many were weakened
  std::vector<std::string> unnoticed;  ///< "lock.hpp:40 load acquire -> relaxed": all runs held even so
  Report report;                       ///< of the bodies as they stand: of the first that fails, or of the last
};

std::ostream& operator<<(std::ostream& out, const Weakened& weakened);

using Bodies = std::vector<std::function<void()>>;

/// Explores the bodies once for each memory order in them, with that one weakened.
/// What is not noticed is either not needed, or not tested by any of these.
Weakened weaken_each(const Options& options, const Bodies& bodies);
inline Weakened weaken_each(const Options& options, const std::function<void()>& body) {
  return weaken_each(options, Bodies{body});
}

}  // namespace weft::model
