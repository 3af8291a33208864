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
    changed.acquire();
    items = items + 1;
    changed.notify();
    changed.release();
    changed.acquire();
    items = items + 1;
    changed.notify();
    changed.release();
  });
  require(items == 0, "both items are taken");
};

TEST(ConditionModel, LosesNoNotification) { model::check(few_stale(), two_take_what_one_brings); }
TEST(ConditionModel, BearsWakesWithoutReason) { model::check(some_spurious(), two_take_what_one_brings); }

// How many wait, how many of these were notified, and how each found out. All
// of it changes under the lock, and the scheduler may look at it at any time.
struct Counts {
  ModelCondition changed;
  int came = 0, waiting = 0, notified = 0, returned = 0, gave_up = 0;

  void wait(const Timeout& timeout = {}) {
    changed.acquire();
    ++came;
    ++waiting;
    if (changed.wait(timeout)) {
      ++returned;
    } else {
      ++gave_up;
      --waiting;
    }
    changed.release();
  }

  void notify(int n) {
    changed.acquire();
    int reached = std::min(n, waiting);
    waiting -= reached;
    notified += reached;
    changed.notify(n);
    changed.release();
  }

  // As many return true as were notified, whoever's time runs out at that moment.
  void require_account(int waits) const {
    require(returned == notified, "as many return as were notified");
    require(returned + gave_up == waits, "and the others gave up");
  }
};

TEST(ConditionModel, NotifyOneReachesOne) {
  model::check(few_stale(), [] {
    Counts counts;
    auto wait = [&] { counts.wait(); };
    together(wait, wait, [&] {
      model::until([&] { return counts.came == 2; });
      counts.notify(1);
      model::until([&] { return counts.returned == 1; });
      require(counts.waiting == 1, "the other waits on");
      counts.notify(1);
    });
    counts.require_account(2);
  });
}

TEST(ConditionModel, NotifyAllReachesAll) {
  model::check(few_stale(), [] {
    Counts counts;
    auto wait = [&] { counts.wait(); };
    together(wait, wait, [&] {
      model::until([&] { return counts.came == 2; });
      counts.notify(2);
    });
    counts.require_account(2);
  });
}

TEST(ConditionModel, ATimedWaitTellsWhetherItWasNotified) {
  model::check(few_stale(), [] {
    Counts counts;
    auto wait = [&] { counts.wait(1); };
    together(wait, wait, [&] { counts.notify(1); });
    counts.require_account(2);
  });
}

TEST(ConditionModel, ATimedWaitTakesNoNotificationFromAnother) {
  model::check(few_stale(), [] {
    Counts counts;
    together([&] { counts.wait(1); }, [&] { counts.wait(); },
             [&] {
               model::until([&] { return counts.came == 2; });
               counts.notify(1);
               model::until([&] { return counts.returned + counts.gave_up >= 1; });
               counts.notify(1);
             });
    counts.require_account(2);
  });
}

TEST(ConditionModel, AStoppedWaitTellsWhetherItWasNotified) {
  model::check(few_stale(), [] {
    Counts counts;
    std::stop_source source;
    Timeout until_stopped(source.get_token());
    auto wait = [&] { counts.wait(until_stopped); };
    together(wait, wait, [&] {
      counts.notify(1);
      source.request_stop();
    });
    counts.require_account(2);
  });
}

TEST(ConditionModel, OnlyTryingNeverWaits) {
  model::check([] {
    Counts counts;
    together([&] { counts.wait(0); }, [&] { counts.notify(1); });
    counts.require_account(1);
  });
}

TEST(ConditionModel, WhatTheNotifierDidIsSeen) {
  model::check(few_stale(), [] {
    ModelCondition changed;
    Data<int> news = 0;
    together(
        [&] {
          changed.acquire();
          if (changed.wait(1)) require(news == 1, "what was done before notify()");
          changed.release();
        },
        [&] {
          changed.acquire();
          news = 1;
          changed.notify();
          changed.release();
        });
  });
}

}  // namespace
}  // namespace weft::sync
