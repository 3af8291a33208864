// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include "sync/in_model.hpp"

namespace weft::sync {
namespace {

using model::Data, model::together, model::require;

const auto three_count = [] {
  ModelLock lock;
  Data<int> counter = 0;
  auto add = [&] {
    lock.acquire();
    counter = counter + 1;
    lock.release();
  };
  together(add, add, add);
  require(counter == 3, "every addition counts");
  require(!lock.locked(), "the lock is free at the end");
};

TEST(LockModel, LetsOneInAtATime) { model::check(three_count); }
TEST(LockModel, BearsWakesWithoutReason) { model::check(some_spurious(), three_count); }
TEST(LockModel, BearsWakesInAnyOrder) { model::check({.any_order = true}, three_count); }

TEST(LockModel, EachOfItsOrdersIsNeeded) {
  auto weakened = model::weaken_each({}, three_count);
  EXPECT_TRUE(weakened.report.holds()) << weakened.report;
  EXPECT_EQ(weakened.orders, 3);  // the fast acquire, the slow one, and release
  EXPECT_EQ(weakened.unnoticed, std::vector<std::string>{});
}

TEST(LockModel, TwoTakeItTwice) {
  model::check([] {
    ModelLock lock;
    Data<int> counter = 0;
    auto add_twice = [&] {
      for (int i = 0; i < 2; ++i) {
        lock.acquire();
        counter = counter + 1;
        lock.release();
      }
    };
    together(add_twice, add_twice);
    require(counter == 4, "every addition counts");
  });
}

// Who gives up takes no wake with it: the others get the lock.
TEST(LockModel, TimedAcquireGivesUpAlone) {
  model::check([] {
    ModelLock lock;
    Data<int> counter = 0;
    int expected = 2;
    auto add = [&] {
      lock.acquire();
      counter = counter + 1;
      lock.release();
    };
    auto try_to_add = [&] {
      Timeout soon(1);
      if (!lock.acquire(soon)) return;
      counter = counter + 1;
      ++expected;
      lock.release();
    };
    together(add, try_to_add, add);
    require(counter == expected, "every addition counts");
    require(!lock.locked(), "the lock is free at the end");
  });
}

TEST(LockModel, StoppedAcquireGivesUpAlone) {
  model::check([] {
    ModelLock lock;
    Data<int> counter = 0;
    int expected = 1;
    std::stop_source source;
    Timeout until_stopped(source.get_token());
    auto try_to_add = [&] {
      if (!lock.acquire(until_stopped)) return;
      counter = counter + 1;
      ++expected;
      lock.release();
    };
    together(try_to_add, try_to_add, [&] {
      lock.acquire();
      counter = counter + 1;
      source.request_stop();
      lock.release();
    });
    require(counter == expected, "every addition counts");
    require(!lock.locked(), "the lock is free at the end");
  });
}

TEST(LockModel, OnlyTryingNeverWaits) {
  model::check([] {
    ModelLock lock;
    bool tried = false;
    together(
        [&] {
          lock.acquire();
          model::until([&] { return tried; });
          lock.release();
        },
        [&] {
          if (lock.acquire(0)) lock.release();
          tried = true;
        });
  });
}

// A lock that fork() left to a thread that is not there any more counts as free.
TEST(LockModel, ALostHolderDoesNotKeepIt) {
  model::check([] {
    ModelLock lock;
    lock.acquire();
    model::lose(99);  // the body itself
    Data<int> counter = 0;
    auto add = [&] {
      lock.acquire();
      counter = counter + 1;
      lock.release();
    };
    together(add, add);
    require(counter == 2, "every addition counts");
    require(!lock.locked(), "the lock is free at the end");
  });
}

// Whoever takes it over looks after those who sleep.
TEST(LockModel, WhoTakesOverFromALostHolderWakesTheOthers) {
  model::check([] {
    ModelLock lock;
    lock.acquire();
    auto visit = [&] {
      lock.acquire();
      lock.release();
    };
    together(visit, [&] {
      model::until([] { return model::asleep() == 1; });
      model::lose(99);
      visit();
    });
    require(!lock.locked(), "the lock is free at the end");
  });
}

TEST(RLockModel, LetsOneInAtATimeWhateverTheDepth) {
  model::check(few_stale(), [] {
    ModelRLock lock;
    Data<int> counter = 0;
    auto add = [&] {
      lock.acquire();
      lock.acquire();
      counter = counter + 1;
      lock.release();
      counter = counter + 1;
      lock.release();
    };
    together(add, add, add);
    require(counter == 6, "every addition counts");
  });
}

TEST(RLockModel, TimedAcquireGivesUpAlone) {
  model::check(few_stale(), [] {
    ModelRLock lock;
    Data<int> counter = 0;
    int expected = 2;
    auto add = [&](const Timeout& timeout) {
      if (!lock.acquire(timeout)) return false;
      lock.acquire();
      counter = counter + 1;
      lock.release();
      lock.release();
      return true;
    };
    together([&] { add({}); }, [&] { expected += add(Timeout(1)) ? 1 : 0; }, [&] { add({}); });
    require(counter == expected, "every addition counts");
  });
}

}  // namespace
}  // namespace weft::sync
