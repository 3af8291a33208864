// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include <algorithm>

#include "sync/in_model.hpp"

namespace weft::sync {
namespace {

using model::Data, model::together, model::require;

const auto two_take_what_one_brings = [] {
  ModelCondition changed;
  Data<int> items = 0;
  auto take = [&] {
    changed.acquire();
    while (items == 0) changed.wait();
    items = items - 1;
    changed.release();
  };
  together(take, take, [&] {
    for (int i = 0; i < 2; ++i) {
      changed.acquire();
      items = items + 1;
      changed.notify();
      changed.release();
    }
  });
  require(items == 0, "both items are taken");
};

TEST(ConditionModel, LosesNoNotification) { model::check(two_take_what_one_brings); }
TEST(ConditionModel, BearsWakesWithoutReason) { model::check({.preemptions = 1, .spurious = 2}, two_take_what_one_brings); }

// How many wait, how many of them were notified, and how many found out.
struct Counts {
  ModelCondition changed;
  Data<int> waiting = 0, notified = 0, returned = 0, gave_up = 0;

  void wait(const Timeout& timeout = {}) {
    changed.acquire();
    waiting = waiting + 1;
    if (changed.wait(timeout)) {
      returned = returned + 1;
    } else {
      gave_up = gave_up + 1;
      waiting = waiting - 1;
    }
    changed.release();
  }

  void notify(int n) {
    changed.acquire();
    int reached = std::min(n, static_cast<int>(waiting));
    waiting = waiting - reached;
    notified = notified + reached;
    changed.notify(n);
    changed.release();
  }

  // Lets go who is left.
  void notify_until(int actors) {
    for (;;) {
      changed.acquire();
      bool all = waiting + returned + gave_up >= actors || waiting + notified + gave_up >= actors;
      changed.release();
      if (all) break;
      model::yield();
    }
    notify(actors);
  }
};

TEST(ConditionModel, NotifyOneReachesOne) {
  model::check([] {
    Counts counts;
    auto wait = [&] { counts.wait(); };
    together(wait, wait, [&] {
      model::until([] { return model::asleep() == 2; });
      counts.notify(1);
      model::until([&] { return model::asleep() == 1; });
      counts.notify(1);
    });
    require(counts.notified == 2 && counts.returned == 2, "each notification reaches one");
  });
}

TEST(ConditionModel, NotifyAllReachesAll) {
  model::check([] {
    Counts counts;
    auto wait = [&] { counts.wait(); };
    together(wait, wait, [&] { counts.notify_until(2); });
    require(counts.notified == 2 && counts.returned == 2, "each notification reaches one");
  });
}

// As many return true as were notified, whoever's time runs out at that moment.
TEST(ConditionModel, ATimedWaitTellsWhetherItWasNotified) {
  model::check([] {
    Counts counts;
    auto wait = [&] { counts.wait(1); };
    together(wait, wait, [&] { counts.notify(1); });
    require(counts.returned == counts.notified, "as many return as were notified");
    require(counts.returned + counts.gave_up == 2, "and the others gave up");
  });
}

TEST(ConditionModel, ATimedWaitTakesNoNotificationFromAnother) {
  model::check([] {
    Counts counts;
    together([&] { counts.wait(1); }, [&] { counts.wait(); },
             [&] {
               model::until([] { return model::asleep() >= 1; });
               counts.notify(1);
               counts.notify_until(2);
             });
    require(counts.returned == counts.notified, "as many return as were notified");
  });
}

TEST(ConditionModel, AStoppedWaitTellsWhetherItWasNotified) {
  model::check([] {
    Counts counts;
    std::stop_source source;
    Timeout until_stopped(source.get_token());
    auto wait = [&] { counts.wait(until_stopped); };
    together(wait, wait, [&] {
      counts.notify(1);
      source.request_stop();
    });
    require(counts.returned == counts.notified, "as many return as were notified");
    require(counts.returned + counts.gave_up == 2, "and the others gave up");
  });
}

TEST(ConditionModel, OnlyTryingNeverWaits) {
  model::check([] {
    Counts counts;
    together([&] { counts.wait(0); }, [&] { counts.notify(1); });
    require(counts.returned == counts.notified, "as many return as were notified");
  });
}

}  // namespace
}  // namespace weft::sync
