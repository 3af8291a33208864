// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The checker finds what is wrong with wrong programs, and says it well.

#include "support/model/model.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>

namespace weft::model {
namespace {

using wait::InModel;
using wait::Outcome;
using Word = Atomic<std::uint32_t>;

constexpr auto Relaxed = std::memory_order_relaxed;
constexpr auto Acquire = std::memory_order_acquire;
constexpr auto Release = std::memory_order_release;

testing::AssertionResult contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no '" << part << "' in:\n" << text;
}

// The simplest lock that sleeps: 0 free, 1 taken, 2 taken and somebody may sleep.
// What it gets wrong is up to the test.
struct SleepyLock {
  Word word = 0;
  bool forgets_others = false;  // after sleeping it takes the lock as 1
  std::memory_order take = Acquire, give = Release;
  const char* name = nullptr;

  void acquire(const wait::Deadline& deadline = {}) {
    std::uint32_t found = 0;
    if (word.compare_exchange_strong(found, 1, take, Relaxed)) return;
    if (forgets_others) {
      for (;;) {
        if (word.load(Relaxed) != 0) {
          found = 1;
          word.compare_exchange_strong(found, 2, Relaxed);
          InModel::wait(word, 2, deadline, {"SleepyLock", this, name});
        }
        found = 0;
        if (word.compare_exchange_strong(found, 1, take, Relaxed)) return;
      }
    }
    while (word.exchange(2, take) != 0) InModel::wait(word, 2, deadline, {"SleepyLock", this, name});
  }

  void release() {
    if (word.exchange(0, give) == 2) InModel::wake(word, 1);
  }
};

void count_to_three(SleepyLock& lock) {
  Data<int> counter = 0;
  auto add = [&] {
    lock.acquire();
    counter = counter + 1;
    lock.release();
  };
  together(add, add, add);
  require(counter == 3, "an addition was lost");
}

TEST(Model, ARightLockHolds) {
  check_all({}, [] {
    SleepyLock lock;
    count_to_three(lock);
  });
}

// As many runs as there are orders of the steps: 6! / 3!^2, and 9! / 3!^3.
TEST(Model, RunsEveryInterleavingOnce) {
  auto body = [](int actors) {
    Word words[3] = {0, 0, 0};
    auto three_steps = [&] {
      Word& word = words[InModel::self() - 1];
      for (int i = 0; i < 3; ++i) word.fetch_add(1);
    };
    actors == 2 ? together(three_steps, three_steps) : together(three_steps, three_steps, three_steps);
  };
  EXPECT_EQ(explore({.preemptions = -1}, [&] { body(2); }).runs, 20u);
  EXPECT_EQ(explore({.preemptions = -1}, [&] { body(3); }).runs, 1680u);
  EXPECT_EQ(explore({.preemptions = 0}, [&] { body(3); }).runs, 6u);
}

TEST(Model, FindsALockThatForgetsWhoElseSleeps) {
  Report report = explore([] {
    SleepyLock lock{.forgets_others = true, .name = "till"};
    count_to_three(lock);
  });
  EXPECT_EQ(report.failure, Failure::Deadlock);
  EXPECT_TRUE(contains(report.message, " waits for SleepyLock 'till', since step "));
}

TEST(Model, FindsALockThatDoesNotRelease) {
  Report report = explore([] {
    SleepyLock lock{.give = Relaxed};
    count_to_three(lock);
  });
  EXPECT_EQ(report.failure, Failure::Race);
}

TEST(Model, FindsARace) {
  Report report = explore([] {
    Data<int> counter = 0;
    name(&counter, "counter");
    auto add = [&] { counter = counter + 1; };
    together(add, add);
  });
  EXPECT_EQ(report.failure, Failure::Race);
  EXPECT_TRUE(contains(report.message, "B reads counter, and nothing orders that with what A does there"));
}

TEST(Model, FindsASlotThatIsFilledWhileItIsRead) {
  Report report = explore([] {
    alignas(Data<int>) std::byte slot[sizeof(Data<int>)];
    Word full = 1;
    auto* first = new (slot) Data<int>(1);
    together(
        [&] {
          require(first->get() == 1, "the item");
          first->~Data();
          full.store(0, Relaxed);  // should be release
        },
        [&] {
          if (full.load(Acquire) == 0) new (slot) Data<int>(2);
        });
  });
  EXPECT_EQ(report.failure, Failure::Race);
}

TEST(Model, FindsALostWakeUp) {
  Report report = explore([] {
    Word ready = 0, sleeping = 0;
    together(
        [&] {
          while (ready.load(Acquire) == 0) {
            sleeping.store(1, Relaxed);  // should be seq_cst, before the word is looked at again
            InModel::wait(ready, 0, {}, {"signal", &ready});
          }
        },
        [&] {
          ready.store(1, Release);
          if (sleeping.load(Relaxed) == 1) InModel::wake(ready, 1);
        });
  });
  EXPECT_EQ(report.failure, Failure::Deadlock);
  EXPECT_TRUE(contains(report.message, "A waits for signal"));
  EXPECT_TRUE(contains(report.message, "B has ended"));
}

TEST(Model, NamesADeadlock) {
  Report report = explore([] {
    SleepyLock forks{.name = "forks"}, knives{.name = "knives"};
    together(
        [&] {
          forks.acquire();
          knives.acquire();
          knives.release();
          forks.release();
        },
        [&] {
          knives.acquire();
          forks.acquire();
          forks.release();
          knives.release();
        });
  });
  EXPECT_EQ(report.failure, Failure::Deadlock);
  EXPECT_TRUE(contains(report.message, "A waits for SleepyLock 'knives'"));
  EXPECT_TRUE(contains(report.message, "B waits for SleepyLock 'forks'"));
}

TEST(Model, TellsEachStepOfAFailedRun) {
  Report report = explore([] {
    Word flag = 0, data = 0;
    name(&flag.location(), "flag");
    name(&data.location(), "data");
    together(
        [&] {
          data.store(7, Relaxed);
          flag.store(1, Relaxed);
        },
        [&] {
          if (flag.load(Acquire) == 1) require(data.load(Relaxed) == 7, "the data is there");
        });
  });
  EXPECT_EQ(report.failure, Failure::Requirement);
  EXPECT_TRUE(contains(report.trace, "A  data.store(7, relaxed)   [model_test.cpp:"));
  EXPECT_TRUE(contains(report.trace, "B  flag.load(acquire) = 1   [model_test.cpp:"));
  EXPECT_TRUE(contains(report.trace, "B  data.load(relaxed) = 0 (stale: the newest is 7, of step "));
  EXPECT_TRUE(contains(report.trace, "B  FAILS: the data is there"));
}

TEST(Model, FindsALoopWithoutEnd) {
  Report report = explore({.steps = 1000}, [] {
    Word flag = 0;
    together([&] {
      while (flag.load() == 0) yield();
    });
  });
  EXPECT_EQ(report.failure, Failure::Livelock);
}

TEST(Model, LetsSpinnersEnd) {
  check_all({}, [] {
    Word flag = 0;
    auto spin = [&] {
      while (flag.load(Relaxed) == 0) yield();
    };
    together(spin, spin, [&] {
      step();
      flag.store(1, Relaxed);
    });
  });
  // Without yielding, patience ends it: nobody may read the old store for ever.
  check({.preemptions = 1}, [] {
    Word flag = 0;
    together(
        [&] {
          while (flag.load(Relaxed) == 0) yield();
        },
        [&] { flag.store(1, Relaxed); });
  });
}

TEST(Model, SaysWhatAnActorThrew) {
  Report report = explore([] { together([] { throw std::runtime_error("out of paper"); }); });
  EXPECT_EQ(report.failure, Failure::Exception);
  EXPECT_TRUE(contains(report.message, "out of paper"));
}

TEST(Model, ActorsMaySwitchWhileTheyHandleExceptions) {
  check([] {
    Word word = 0;
    auto stumble = [&] {
      int mine = static_cast<int>(InModel::self());
      try {
        word.fetch_add(1);
        throw mine;
      } catch (int caught) {
        word.fetch_add(1);
        try {
          try {
            throw;
          } catch (int again) {
            word.fetch_add(1);
            require(again == mine && caught == mine, "another actor's exception");
          }
        } catch (...) {
          require(false, "caught twice");
        }
      }
    };
    together(stumble, stumble);
  });
}

TEST(Model, FindsABodyThatDependsOnMore) {
  int runs = 0;
  Report report = explore([&] {
    Word x = 0;
    bool odd = ++runs % 2 == 1;
    auto add = [&] {
      x.fetch_add(1);
      if (odd) x.store(1);
    };
    together(add, add);
  });
  EXPECT_EQ(report.failure, Failure::Strayed);
}

TEST(Model, FindsWhoUsesAnAtomicThatIsGone) {
  Report report = explore([] {
    alignas(Word) std::byte place[sizeof(Word)];
    auto* word = new (place) Word(0);
    together([&] { word->fetch_add(1); },
             [&] {
               if (word->load() == 1) word->~Atomic();  // A's update was there; but relaxed would not do
             });
  });
  EXPECT_TRUE(report.holds()) << report;
  report = explore([] {
    alignas(Word) std::byte place[sizeof(Word)];
    auto* word = new (place) Word(0);
    together([&] { word->fetch_add(1, Relaxed); },
             [&] {
               if (word->load(Relaxed) == 1) word->~Atomic();
             });
  });
  EXPECT_EQ(report.failure, Failure::Race);
}

TEST(Model, FindsWhoUsesAnAtomicThatIsNotThereYet) {
  auto with = [](std::memory_order order) {
    return explore([=] {
      alignas(Word) std::byte place[sizeof(Word)];
      Atomic<Word*> published = nullptr;
      together([&] { published.store(new (place) Word(7), order); },
               [&] {
                 if (Word* word = published.load(Acquire)) require(word->load(Relaxed) == 7, "its first value");
               });
    });
  };
  EXPECT_TRUE(with(Release).holds());
  EXPECT_EQ(with(Relaxed).failure, Failure::Race);
}

// How each of some waits ended, over all runs.
template <class Body>
std::set<std::string> outcomes(const Options& options, const Body& body) {
  std::set<std::string> seen;
  Report report = explore(options, [&] { seen.insert(body()); });
  EXPECT_TRUE(report.holds() && report.complete) << report;
  return seen;
}

constexpr const char* Names[] = {"woken", "timed out", "changed", "interrupted"};

TEST(Model, ASleepMayTimeOutOrNot) {
  EXPECT_EQ(outcomes({},
                     [] {
                       Word word = 0;
                       Timeout timeout(10);
                       Outcome outcome{};
                       together(
                           [&] {
                             wait::Deadline deadline(timeout);
                             outcome = InModel::wait(word, 0, deadline, {"test", &word});
                             require(deadline.passed() == (outcome == Outcome::TimedOut), "the clock says so too");
                           },
                           [&] {
                             word.store(1);
                             InModel::wake(word, 1);
                           });
                       return Names[static_cast<int>(outcome)];
                     }),
            (std::set<std::string>{"woken", "timed out", "changed"}));
}

TEST(Model, OnlyTryingNeverSleeps) {
  EXPECT_EQ(outcomes({},
                     [] {
                       Word word = 0;
                       Timeout timeout(0);
                       Outcome outcome{};
                       together(
                           [&] {
                             outcome = InModel::wait(word, 0, timeout, {"test", &word});
                           },
                           [&] {
                             word.store(1);
                             InModel::wake(word, 1);
                           });
                       return Names[static_cast<int>(outcome)];
                     }),
            (std::set<std::string>{"timed out", "changed"}));
}

TEST(Model, AStopRequestInterrupts) {
  EXPECT_EQ(outcomes({},
                     [] {
                       Word word = 0;
                       std::stop_source source;
                       Timeout timeout(source.get_token());
                       Outcome outcome{};
                       together(
                           [&] {
                             outcome = InModel::wait(word, 0, timeout, {"test", &word});
                           },
                           [&] {
                             step();
                             source.request_stop();
                           });
                       return Names[static_cast<int>(outcome)];
                     }),
            std::set<std::string>{"interrupted"});
}

TEST(Model, WakesWhoSleptLongestUnlessTold) {
  auto body = [] {
    Word word = 0;
    std::string order;
    auto sleep = [&](char who) {
      InModel::wait(word, 0, {}, {"test", &word});
      order += who;
    };
    together([&] { sleep('a'); },
             [&] {
               until([&] { return asleep() == 1; });
               sleep('b');
             },
             [&] {
               until([&] { return asleep() == 2; });
               require(InModel::wake(word, 1) == 1, "one is woken");
               until([&] { return !order.empty(); });
               require(InModel::wake(word, 5) == 1, "the other is woken");
             });
    return order;
  };
  EXPECT_EQ(outcomes({}, body), std::set<std::string>{"ab"});
  EXPECT_EQ(outcomes({.any_order = true}, body), (std::set<std::string>{"ab", "ba"}));
}

TEST(Model, SleepsMayEndWithoutAWake) {
  auto with = [](int spurious) {
    return explore({.spurious = spurious}, [] {
      Word word = 0;
      together([&] { InModel::wait(word, 0, {}, {"test", &word}); });
    });
  };
  EXPECT_EQ(with(0).failure, Failure::Deadlock);
  EXPECT_EQ(with(1).failure, Failure::Deadlock);  // it may, but it need not
  EXPECT_EQ(with(1).runs, 1u);
}

TEST(Model, AWakeIsNotRemembered) {
  Report report = explore([] {
    Word word = 0;
    together([&] { InModel::wait(word, 0, {}, {"test", &word}); }, [&] { InModel::wake(word, 1); });
  });
  EXPECT_EQ(report.failure, Failure::Deadlock);
}

TEST(Model, AWakeOrdersNothing) {
  Report report = explore([] {
    Word word = 0;
    Data<int> data = 0;
    together(
        [&] {
          if (InModel::wait(word, 0, {}, {"test", &word}) == Outcome::Woken) require(data == 1, "read after the wake");
        },
        [&] {
          until([] { return asleep() == 1; });
          data = 1;
          InModel::wake(word, 1);
        });
  });
  EXPECT_EQ(report.failure, Failure::Race);
}

TEST(Model, OneTogetherAfterAnother) {
  check([] {
    Word word = 0;
    Data<int> data = 0;
    together([&] { word.fetch_add(1, Relaxed); }, [&] { data = 1; });
    require(word.load(Relaxed) == 1 && data == 1, "the body sees what the actors did");
    data = 2;
    together([&] { data = data + 1; }, [&] { word.fetch_add(1, Relaxed); });
    require(word.load(Relaxed) == 2 && data == 3, "and the next ones what it did");
  });
}

TEST(Model, RandomRunsAreRepeatedByTheirSeed) {
  auto body = [] {
    SleepyLock lock{.forgets_others = true};
    count_to_three(lock);
  };
  Report report = explore({.random = 1'000'000}, body);
  ASSERT_EQ(report.failure, Failure::Deadlock);
  Report again = explore({.random = 1, .seed = report.seed}, body);
  EXPECT_EQ(again.failure, Failure::Deadlock);
  EXPECT_EQ(again.trace, report.trace);
}

TEST(Model, RandomRunsSeeStaleLoads) {
  Report report = explore({.random = 1'000'000}, [] {
    Word x = 0, y = 0;
    std::uint32_t a = 0, b = 0;
    together(
        [&] {
          x.store(1, Release);
          a = y.load(Acquire);
        },
        [&] {
          y.store(1, Release);
          b = x.load(Acquire);
        });
    require(a + b > 0, "store buffering");
  });
  EXPECT_EQ(report.failure, Failure::Requirement);
}

// Each weakened order of a lock is noticed; one that is stronger than it need be is not.
TEST(Model, WeakenedOrdersAreNoticed) {
  Weakened weakened = weaken_each({}, [] {
    SleepyLock lock{.take = Acquire, .give = Release};
    count_to_three(lock);
  });
  EXPECT_TRUE(weakened.report.holds());
  EXPECT_EQ(weakened.orders, 3);  // the first try, the one in the loop, and release()
  EXPECT_EQ(weakened.unnoticed, std::vector<std::string>{});

  weakened = weaken_each({}, [] {
    SleepyLock lock{.take = std::memory_order_acq_rel};
    count_to_three(lock);
  });
  EXPECT_TRUE(weakened.report.holds());
  ASSERT_EQ(weakened.unnoticed.size(), 2u);
  EXPECT_TRUE(contains(weakened.unnoticed[0], "acq_rel -> acquire"));
}

}  // namespace
}  // namespace weft::model
