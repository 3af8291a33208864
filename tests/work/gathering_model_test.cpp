// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// One who waits for many: told by each in its thread, at the deadline, and when it
// goes while it is told.
#include <gtest/gtest.h>

#include "support/model/model.hpp"
#include "support/support.hpp"
#include "work/gatherer.hpp"
#include "work/model_work.hpp"

namespace weft::test {
namespace {

using model::require, model::together;

class ModelGathering {
  using Body = work::Gatherer<InModel, ModelWork>;

 public:
  static constexpr std::size_t None = Body::None;

  ~ModelGathering() { body_->leave(); }

  void add(ModelWork& work, std::size_t number, bool here = false) { body_->add(work, number, here); }
  std::size_t next(const Timeout& timeout = {}) {
    return body_->next(timeout, [] {});
  }
  std::size_t missing() const { return body_->missing(); }

  static void hear(detail::Listener& listener) { Body::arrive(listener); }

 private:
  Body* body_ = new Body;
};

struct GatheredWork : ModelWork {
  GatheredWork() { hear = ModelGathering::hear; }
};

// as_completed: each is handed out once, with its result.
const auto each_is_told = [] {
  GatheredWork works[2];
  together([&] { works[0].run(); }, [&] { works[1].run(); },
           [&] {
             ModelGathering gathering;
             for (std::size_t i : {0, 1}) gathering.add(works[i], i);
             int seen = 0;
             for (std::size_t i; (i = gathering.next()) != ModelGathering::None;) {
               require(works[i].result == 7, "its result is there");
               seen += 1 << i;
             }
             require(seen == 3 && gathering.missing() == 0, "each of them, and once");
           });
};

TEST(GatheringModel, EachIsTold) { model::check_all(each_is_told); }
TEST(GatheringModel, EachIsToldByChance) { model::check_many(each_is_told); }

// FIRST_COMPLETED: it goes while the other one is told, or is about to be.
const auto first_completed = [] {
  GatheredWork works[2];
  together([&] { works[0].run(); }, [&] { works[1].cancel(); },
           [&] {
             ModelGathering gathering;
             for (std::size_t i : {0, 1}) gathering.add(works[i], i);
             std::size_t first = gathering.next();
             require(works[first].done() && gathering.missing() == 1, "one of them");
           });
};

TEST(GatheringModel, GoesWhileTold) { model::check_all(first_completed); }
TEST(GatheringModel, GoesWhileToldByChance) { model::check_many(first_completed); }

// The deadline may come at any moment: what came at the last is not lost.
const auto timed_out = [] {
  GatheredWork works[2];
  together([&] { works[0].run(); }, [&] { works[1].run(); },
           [&] {
             ModelGathering gathering;
             for (std::size_t i : {0, 1}) gathering.add(works[i], i);
             int seen = 0;
             for (Timeout timeout : {Timeout(1), Timeout(0), Timeout(), Timeout()}) {
               std::size_t i = gathering.next(timeout);
               if (i == ModelGathering::None) continue;
               require(works[i].result == 7, "its result is there");
               seen += 1 << i;
             }
             require(seen == 3, "each of them, and once");
           });
};

TEST(GatheringModel, TimedOut) {
  model::check({.preemptions = 2, .stale = 0}, timed_out);
  model::check({.preemptions = 1, .stale = rounds(1, 2)}, timed_out);
}
TEST(GatheringModel, TimedOutByChance) { model::check_many(timed_out); }

// It goes at its deadline, with nothing told, or something.
const auto goes_at_the_deadline = [] {
  GatheredWork work;
  together([&] { work.run(); },
           [&] {
             ModelGathering gathering;
             gathering.add(work, 0);
             if (gathering.next(1) == 0) require(work.result == 7, "its result is there");
           });
};

TEST(GatheringModel, GoesAtTheDeadline) { model::check_all(goes_at_the_deadline); }

// A map that keeps one under way: a number is used again once it was handed out.
const auto one_after_the_other = [] {
  GatheredWork works[2];
  together([&] { works[0].run(), works[1].run(); },
           [&] {
             ModelGathering gathering;
             for (ModelWork& work : works) {
               gathering.add(work, 0);
               require(gathering.next() == 0 && work.result == 7, "the one that is under way");
             }
           });
};

TEST(GatheringModel, ANumberIsUsedAgain) { model::check_all(one_after_the_other); }

// A worker that waits runs what nobody has begun, and waits for the rest.
const auto runs_some_itself = [] {
  GatheredWork works[2];
  together([&] { works[0].run(); },
           [&] {
             ModelGathering gathering;
             for (std::size_t i : {0, 1}) gathering.add(works[i], i, true);
             for (int i : {0, 1}) require(gathering.next() != ModelGathering::None, i == 0 ? "one" : "the other");
             require(works[0].claims == 1 && works[1].claims == 1, "each was run, and once");
           });
};

TEST(GatheringModel, RunsWhatNobodyHasBegun) { model::check_all(runs_some_itself); }

TEST(GatheringModel, WakesWithoutReason) { model::check({.preemptions = 1, .stale = 1, .spurious = 1}, each_is_told); }

// Two are WorkModel's, and one is of the test. The three of the count of arrivals: a
// worker that adds to it has taken the lock before, and a model that runs each
// thread's steps in their order cannot show who sees the count and then the lock as
// if nobody had.
TEST(GatheringModel, ItsOrdersAreNeeded) {
  auto weakened = model::weaken_each({.preemptions = 1, .stale = 1},
                                     {each_is_told, first_completed, timed_out, goes_at_the_deadline});
  EXPECT_TRUE(weakened.report.holds()) << weakened.report;
  EXPECT_LE(weakened.unnoticed.size(), 6u) << weakened;
}

}  // namespace
}  // namespace weft::test
