// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include <functional>

#include "sync/in_model.hpp"

namespace weft::sync {
namespace {

using model::Data, model::together, model::require;

struct ModelBarrier {
  explicit ModelBarrier(std::uint32_t parties) : barrier(parties) {}

  int wait(const Timeout& timeout = {}, const std::function<void()>& action = {}) {
    return barrier.wait(timeout, {"Barrier", this}, action);
  }

  Barrier<InModel> barrier;
  static constexpr int Broken = Barrier<InModel>::Broken;
};

const auto three_meet = [] {
  ModelBarrier barrier(3);
  Data<int> left[3] = {0, 0, 0};
  int places = 0;
  auto party = [&] {
    left[InModel::self() - 1] = 1;
    int place = barrier.wait();
    require(place >= 0, "the barrier holds");
    places += 1 << 4 * place;
    require(left[0] + left[1] + left[2] == 3, "what all did before they met");
  };
  together(party, party, party);
  require(places == 0x111, "each has a place of its own");
};

TEST(BarrierModel, ThreeMeet) { model::check(few_stale(), three_meet); }
TEST(BarrierModel, BearsWakesWithoutReason) { model::check(some_spurious(), three_meet); }

TEST(BarrierModel, TwoMeetAgainAndAgain) {
  model::check(few_stale(), [] {
    ModelBarrier barrier(2);
    Data<int> came[3][2];
    auto party = [&] {
      std::uint32_t me = InModel::self() - 1;
      for (auto& phase : came) {
        phase[me] = 1;
        require(barrier.wait() >= 0, "the barrier holds");
        require(phase[1 - me] == 1, "nobody runs ahead");
      }
    };
    together(party, party);
  });
}

TEST(BarrierModel, TheActionRunsOnceWhileAllWait) {
  model::check([] {
    ModelBarrier barrier(2);
    Data<int> before[2] = {0, 0}, sum = 0;
    std::function<void()> add = [&] { sum = sum + before[0] + before[1]; };
    auto party = [&] {
      before[InModel::self() - 1] = 1;
      require(barrier.wait({}, add) >= 0, "the barrier holds");
      require(sum == 2, "the action has run once, and saw both");
      before[InModel::self() - 1] = 5;  // and has ended
    };
    together(party, party);
  });
}

TEST(BarrierModel, AnActionThatThrowsBreaksIt) {
  model::check([] {
    ModelBarrier barrier(2);
    int broken = 0, thrown = 0;
    std::function<void()> fail = [] { throw 1; };
    auto party = [&] {
      try {
        broken += barrier.wait({}, fail) == ModelBarrier::Broken ? 1 : 0;
      } catch (int) {
        ++thrown;
      }
    };
    together(party, party);
    require(broken == 1 && thrown == 1 && barrier.barrier.broken(), "one throws, the other finds it broken");
  });
}

// Whose time runs out breaks the barrier for all, or for nobody.
TEST(BarrierModel, ATimeoutBreaksItForAll) {
  model::check([] {
    ModelBarrier barrier(2);
    int broken = 0;
    together([&] { broken += barrier.wait(1) == ModelBarrier::Broken ? 1 : 0; },
             [&] { broken += barrier.wait() == ModelBarrier::Broken ? 1 : 0; });
    require(broken == 0 || broken == 2, "all or nobody");
    require(barrier.barrier.broken() == (broken == 2), "and it stays broken");
  });
}

TEST(BarrierModel, TwoTimeoutsOfThree) {
  model::check(few_stale(), [] {
    ModelBarrier barrier(3);
    int broken = 0;
    auto party = [&](const Timeout& timeout) { broken += barrier.wait(timeout) == ModelBarrier::Broken ? 1 : 0; };
    together([&] { party(1); }, [&] { party(2); }, [&] { party({}); });
    require(broken == 0 || broken == 3, "all or nobody");
  });
}

TEST(BarrierModel, ATimeoutWhileTheActionRunsBreaksNothing) {
  model::check([] {
    ModelBarrier barrier(2);
    bool all_came = false;
    int broken = 0;
    std::function<void()> slow = [&] {
      all_came = true;
      model::step();
    };
    auto party = [&] { broken += barrier.wait(1, slow) == ModelBarrier::Broken ? 1 : 0; };
    together(party, party);
    require(all_came ? broken == 0 : broken == 2, "who came in time is let through");
  });
}

TEST(BarrierModel, AbortBreaksItForAll) {
  model::check([] {
    ModelBarrier barrier(2);
    int broken = 0;
    auto party = [&] { broken += barrier.wait() == ModelBarrier::Broken ? 1 : 0; };
    together(party, party, [&] { barrier.barrier.abort(); });
    require(broken == 0 || broken == 2, "all or nobody");
    require(barrier.barrier.broken() && barrier.wait() == ModelBarrier::Broken, "it stays broken");
    barrier.barrier.reset();
    require(!barrier.barrier.broken() && barrier.barrier.n_waiting() == 0, "until reset()");
  });
}

TEST(BarrierModel, AbortWhileTheActionRunsBreaksItForAll) {
  model::check([] {
    ModelBarrier barrier(2);
    bool running = false;
    int broken = 0;
    std::function<void()> slow = [&] {
      running = true;
      model::step();
    };
    auto party = [&] { broken += barrier.wait({}, slow) == ModelBarrier::Broken ? 1 : 0; };
    together(party, party, [&] {
      model::until([&] { return running; });
      barrier.barrier.abort();
    });
    require(broken == 0 || broken == 2, "all or nobody");
    require(barrier.barrier.broken(), "and it stays broken");
  });
}

// reset() lets go who waits, as broken; who comes later begins anew.
TEST(BarrierModel, ResetLetsGoWhoWaits) {
  model::check([] {
    ModelBarrier barrier(2);
    together([&] { require(barrier.wait() == ModelBarrier::Broken, "let go"); },
             [&] {
               model::until([] { return model::asleep() == 1; });
               barrier.barrier.reset();
               require(!barrier.barrier.broken(), "and it is whole");
             });
    together([&] { require(barrier.wait() >= 0, "whole"); }, [&] { require(barrier.wait() >= 0, "whole"); });
  });
}

TEST(BarrierModel, AStopBreaksItForAll) {
  model::check([] {
    ModelBarrier barrier(2);
    std::stop_source source;
    Timeout until_stopped(source.get_token());
    int broken = 0;
    together([&] { broken += barrier.wait(until_stopped) == ModelBarrier::Broken ? 1 : 0; },
             [&] { broken += barrier.wait() == ModelBarrier::Broken ? 1 : 0; },
             [&] {
               model::step();
               source.request_stop();
             });
    require(broken == 0 || broken == 2, "all or nobody");
  });
}

// Several acquire where one would do; but nothing is released in vain.
TEST(BarrierModel, ItsReleasesAreNeeded) {
  auto weakened = model::weaken_each(few_stale(), three_meet);
  EXPECT_TRUE(weakened.report.holds()) << weakened.report;
  for (const std::string& order : weakened.unnoticed) {
    EXPECT_EQ(order.find("release -> relaxed"), order.npos) << order;
    EXPECT_EQ(order.find("acq_rel -> acquire"), order.npos) << order;
  }
}

}  // namespace
}  // namespace weft::sync
