// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include <memory>

#include "sync/in_model.hpp"

namespace weft::sync {
namespace {

using model::Data, model::together, model::require;

const auto three_share_one = [] {
  ModelSemaphore permits(1);
  Data<int> counter = 0;
  auto add = [&] {
    permits.acquire();
    counter = counter + 1;
    permits.release();
  };
  together(add, add, add);
  require(counter == 3, "every addition counts");
  require(permits.permits() == 1, "the permit is back");
};

TEST(SemaphoreModel, OnePermitLetsOneInAtATime) { model::check(few_stale(), three_share_one); }
TEST(SemaphoreModel, BearsWakesWithoutReason) { model::check(some_spurious(), three_share_one); }
TEST(SemaphoreModel, BearsWakesInAnyOrder) { model::check({.stale = 1, .any_order = true}, three_share_one); }

TEST(SemaphoreModel, EachOfItsOrdersIsNeeded) {
  auto weakened = model::weaken_each(few_stale(), three_share_one);
  EXPECT_TRUE(weakened.report.holds()) << weakened.report;
  EXPECT_EQ(weakened.orders, 4);  // the fast acquire, the slow one, and both ways to release
  EXPECT_EQ(weakened.unnoticed, std::vector<std::string>{});
}

// Whoever comes to wait sees to it that the next release() takes down that somebody may:
// otherwise each of them would look for one to wake, from then on.
TEST(SemaphoreModel, ReleasesAreCarefulWhereSomebodyMayWait) {
  model::check({.preemptions = 3, .stale = 0}, [] {
    ModelSemaphore permits(0);
    together([&] { permits.acquire(); },
             [&] {
               permits.release();
               permits.release();
               permits.acquire();
             });
    require(!permits.is_careless(), "the next release takes it down");
  });
  model::check({.preemptions = 3, .stale = 0}, [] {
    ModelSemaphore permits(1);
    together(
        [&] {
          if (permits.acquire(1)) permits.release();
        },
        [&] {
          permits.acquire();
          permits.release();
          permits.acquire();
        });
    require(!permits.is_careless(), "the next release takes it down");
  });
}

TEST(SemaphoreModel, NoMoreThanMost) {
  model::check({.preemptions = 3, .stale = 0}, [] {
    ModelSemaphore permits(0);
    together([&] { permits.release(detail::SemaphoreWord::Most); }, [&] { permits.release(2); });
    if (permits.permits() != detail::SemaphoreWord::Most) return;
    require(!permits.release(), "it is refused");
    require(permits.permits() == detail::SemaphoreWord::Most, "and has changed nothing");
  });
}

TEST(SemaphoreModel, TwoPermitsAtOnceReachTwo) {
  model::check([] {
    ModelSemaphore permits(0);
    auto take = [&] { permits.acquire(); };
    together(take, take, [&] { permits.release(2); });
    require(permits.permits() == 0, "two were given and two taken");
  });
}

TEST(SemaphoreModel, TwoPermitsOneByOneReachTwo) {
  model::check(few_stale(), [] {
    ModelSemaphore permits(0);
    auto take = [&] { permits.acquire(); };
    together(take, take, [&] {
      permits.release();
      permits.release();
    });
    require(permits.permits() == 0, "two were given and two taken");
  });
}

TEST(SemaphoreModel, TwoGiveAndTwoTake) {
  model::check(few_stale(), [] {
    ModelSemaphore permits(0);
    auto take = [&] { permits.acquire(); };
    auto give = [&] { permits.release(); };
    together(take, take, give, give);
    require(permits.permits() == 0, "two were given and two taken");
  });
}

TEST(SemaphoreModel, WhatWasDoneBeforeReleaseIsSeenAfterAcquire) {
  model::check([] {
    ModelSemaphore permits(0);
    Data<int> first = 0, second = 0;
    together(
        [&] {
          permits.acquire();
          permits.acquire();
          require(first == 1 && second == 1, "both have been");
        },
        [&] {
          first = 1;
          permits.release();
        },
        [&] {
          second = 1;
          permits.release();
        });
  });
}

// A timed acquire that gives up takes no permit and no wake with it.
TEST(SemaphoreModel, TimedAcquireLosesNoPermit) {
  model::check([] {
    ModelSemaphore permits(0);
    bool got = false;
    together([&] { permits.acquire(); },
             [&] {
               got = permits.acquire(1);
               if (got) permits.release();
             },
             [&] { permits.release(); });
    require(permits.permits() == 0, "one was given and one taken");
  });
}

TEST(SemaphoreModel, TimedAcquireBesideTwoPermits) {
  model::check(few_stale(), [] {
    ModelSemaphore permits(0);
    std::uint32_t taken = 1;
    together([&] { permits.acquire(); }, [&] { taken += permits.acquire(1) ? 1 : 0; },
             [&] {
               permits.release();
               permits.release();
             });
    require(permits.permits() + taken == 2, "no permit is lost");
  });
}

TEST(SemaphoreModel, StoppedAcquireLosesNoPermit) {
  model::check([] {
    ModelSemaphore permits(0);
    std::stop_source source;
    Timeout until_stopped(source.get_token());
    together([&] { permits.acquire(); },
             [&] {
               if (permits.acquire(until_stopped)) permits.release();
             },
             [&] {
               source.request_stop();
               permits.release();
             });
    require(permits.permits() == 0, "one was given and one taken");
  });
}

// Whoever got the last permit may destroy the semaphore: release() does not
// touch it any more.
TEST(SemaphoreModel, WhoGotThePermitMayDestroyIt) {
  model::check([] {
    auto permits = std::make_unique<ModelSemaphore>(0);
    together([&] { permits->release(); },
             [&] {
               permits->acquire();
               permits.reset();
             });
  });
}

TEST(SemaphoreModel, ABoundIsNeverPassed) {
  model::check([] {
    ModelSemaphore permits(1, 2);
    int given = 0;
    auto give = [&] { given += permits.release() ? 1 : 0; };
    together(give, give, [&] { permits.acquire(); });
    require(permits.permits() <= 2 && static_cast<int>(permits.permits()) == given,
            "what was given less what was taken");
  });
}

}  // namespace
}  // namespace weft::sync
