// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include "sync/in_model.hpp"

namespace weft::sync {
namespace {

using model::Data, model::together, model::require;

const auto two_wait_for_one = [] {
  ModelEvent event;
  Data<int> news = 0;
  auto wait = [&] {
    require(event.wait(), "a wait without an end is not cut short");
    require(news == 1, "what was done before set()");
  };
  together(wait, wait, [&] {
    news = 1;
    event.set();
  });
  require(event.is_set(), "it stays set");
};

TEST(EventModel, LetsEverybodyGo) { model::check(two_wait_for_one); }
TEST(EventModel, BearsWakesWithoutReason) { model::check(some_spurious(), two_wait_for_one); }

// All but one: where wait() looks for the first time it only counts.
TEST(EventModel, ItsOrdersAreNeeded) {
  auto weakened = model::weaken_each({}, [] {
    ModelEvent event;
    Data<int> news = 0;
    auto wait = [&] {
      if (event.wait(1)) require(news == 1, "what was done before set()");
    };
    together(wait, wait, [&] {
      news = 1;
      event.set();
    });
  });
  EXPECT_TRUE(weakened.report.holds()) << weakened.report;
  EXPECT_EQ(weakened.orders, 5);
  EXPECT_LE(weakened.unnoticed.size(), 1u) << weakened;
}

TEST(EventModel, TwoSetIt) {
  model::check([] {
    ModelEvent event;
    auto set = [&] { event.set(); };
    together(set, set, [&] { event.wait(); });
    require(event.is_set(), "it stays set");
  });
}

// A set() followed at once by a clear() lets everybody go who waited.
TEST(EventModel, SetAndClearLetGoWhoWaited) {
  model::check([] {
    ModelEvent event;
    auto wait = [&] { event.wait(); };
    together(wait, wait, [&] {
      model::until([] { return model::asleep() == 2; });
      event.set();
      event.clear();
    });
    require(!event.is_set(), "it is clear");
  });
}

TEST(EventModel, SetAndClearAgainAndAgain) {
  model::check([] {
    ModelEvent event;
    together([&] { event.wait(); },
             [&] {
               model::until([] { return model::asleep() == 1; });
               event.set();
               event.clear();
               event.set();
               event.clear();
             });
    require(!event.is_set(), "it is clear");
  });
}

TEST(EventModel, ATimedWaitTellsWhetherItWasSet) {
  model::check([] {
    ModelEvent event;
    Data<int> news = 0;
    together([&] { event.wait(); },
             [&] {
               if (event.wait(1)) require(news == 1, "what was done before set()");
             },
             [&] {
               news = 1;
               event.set();
             });
    require(event.wait(0), "set already: at once");
  });
}

TEST(EventModel, AStoppedWaitLeavesTheOthers) {
  model::check([] {
    ModelEvent event;
    std::stop_source source;
    Timeout until_stopped(source.get_token());
    together([&] { event.wait(); }, [&] { event.wait(until_stopped); },
             [&] {
               source.request_stop();
               event.set();
             });
  });
}

TEST(EventModel, ClearLosesNobodyWhoIsAboutToWait) {
  model::check([] {
    ModelEvent event;
    together([&] { event.wait(); }, [&] { event.wait(); },
             [&] {
               event.clear();
               event.set();
             });
  });
}

}  // namespace
}  // namespace weft::sync
