// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// greenlet's own tests/test_greenlet.py as far as it applies, and what C++ adds.
#include "weft/greenlet.hpp"

#include <cfenv>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "contracts/contract.hpp"
#include "os/sanitizer.hpp"
#include "support/child.hpp"
#include "weft/gevent.hpp"
#include "weft/threading.hpp"

namespace weft::test {
namespace {

using namespace std::literals;
using weft::greenlet::error, weft::greenlet::getcurrent, weft::greenlet::greenlet;
using Ints = std::vector<int>;
using Texts = std::vector<std::string>;

struct SomeError : std::runtime_error {
  SomeError() : std::runtime_error("some error") {}
};
struct KeyError : std::runtime_error {
  KeyError() : std::runtime_error("key") {}
};

// Goes to its parent, and notes down what comes out of that.
void fmain(Texts& seen) {
  try {
    getcurrent<>().parent().switch_to();
  } catch (const GreenletExit&) {
    seen.push_back("GreenletExit");
    throw;
  } catch (const std::exception& e) {
    seen.push_back(e.what());
    throw;
  }
  throw SomeError();
}

template <class F>
std::string said(F f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "nothing was thrown";
}

void simple() {
  Ints seen;
  greenlet g([&] {
    seen.push_back(1);
    getcurrent().parent().switch_to();
    seen.push_back(3);
  });
  seen.push_back(0);
  g.switch_to();
  seen.push_back(2);
  g.switch_to();
  seen.push_back(4);
  EXPECT_EQ(seen, (Ints{0, 1, 2, 3, 4}));
}

TEST(GreenletTest, Simple) { simple(); }

TEST(GreenletTest, SwitchNoRunRaises) {
  greenlet<> g;
  EXPECT_THROW(g.switch_to(), error);
  EXPECT_THROW(g.throw_into(SomeError()), error);
  EXPECT_FALSE(g);
}

TEST(GreenletTest, ParentIsTheOneThatMakesIt) {
  greenlet g([] {});
  EXPECT_EQ(g.parent(), getcurrent());
  EXPECT_FALSE(g);
  EXPECT_FALSE(g.dead());
}

// Values cross both ways; the first one is the function's argument.
TEST(GreenletTest, ValuesBothWays) {
  greenlet<int> child([&](int first) {
    int second = getcurrent<int>().parent().switch_to(first + 1);
    return second * 10;
  });
  EXPECT_EQ(child.switch_to(1), 2);
  EXPECT_TRUE(child);
  EXPECT_EQ(child.switch_to(5), 50);
  EXPECT_TRUE(child.dead());
  EXPECT_FALSE(child);
  EXPECT_EQ(child.switch_to(7), 7);  // the dead pass on to their parent, and that is us
}

TEST(GreenletTest, AnythingCrossesByDefault) {
  greenlet g([](std::any first) {
    EXPECT_EQ(std::any_cast<std::string>(first), "hello");
    std::any second = getcurrent().parent().switch_to(42);
    EXPECT_FALSE(second.has_value());
    return 2.5;
  });
  EXPECT_EQ(std::any_cast<int>(g.switch_to("hello"s)), 42);
  EXPECT_EQ(std::any_cast<double>(g.switch_to()), 2.5);
}

TEST(GreenletTest, MoveOnlyValuesCross) {
  greenlet<std::unique_ptr<int>> g([](std::unique_ptr<int> p) {
    for (;;) {
      ++*p;
      p = getcurrent<std::unique_ptr<int>>().parent().switch_to(std::move(p));
    }
  });
  std::unique_ptr<int> p = std::make_unique<int>(1);
  int* where = p.get();
  for (int i = 2; i < 10; ++i) {
    p = g.switch_to(std::move(p));
    EXPECT_EQ(*p, i);
  }
  EXPECT_EQ(p.get(), where);
}

TEST(GreenletTest, NothingNeedsToCross) {
  int n = 0;
  greenlet<void> g([&] {
    ++n;
    getcurrent<void>().parent().switch_to();
    ++n;
  });
  g.switch_to();
  EXPECT_EQ(n, 1);
  g.switch_to();
  EXPECT_EQ(n, 2);
}

TEST(GreenletTest, SeveralValuesMakeOne) {
  greenlet<std::pair<int, std::string>> g([](std::pair<int, std::string> p) { return p; });
  EXPECT_EQ(g.switch_to(4, "four"), std::pair(4, "four"s));
}

TEST(GreenletTest, TwoChildren) {
  Ints seen;
  auto f = [&] {
    seen.push_back(1);
    getcurrent().parent().switch_to();
    seen.insert(seen.end(), {1, 1});
  };
  greenlet g(f), h(f);
  g.switch_to();
  EXPECT_EQ(seen.size(), 1u);
  h.switch_to();
  EXPECT_EQ(seen.size(), 2u);
  h.switch_to();
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_TRUE(h.dead());
  g.switch_to();
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_TRUE(g.dead());
}

TEST(GreenletTest, TwoRecursiveChildren) {
  std::string seen;
  greenlet outer([&] {
    seen += 'a';
    greenlet inner([&] {
      seen += 'b';
      getcurrent().parent().switch_to();
    });
    inner.switch_to();
    seen += 'c';
  });
  outer.switch_to();
  EXPECT_EQ(seen, "abc");
}

TEST(GreenletTest, Threads) { Bunch<OsThreads>(10, simple).join(); }

TEST(GreenletTest, GreenThreadsHaveTheirOwn) {
  std::vector<gevent::Greenlet<>> all;
  std::vector<greenlet<>> roots;
  for (int i = 0; i < 10; ++i) {
    all.push_back(gevent::spawn([&] {
      simple();
      roots.push_back(getcurrent());
      gevent::sleep();
      simple();
    }));
  }
  gevent::joinall(all, {.raise_error = true});
  for (const auto& root : roots) {
    EXPECT_TRUE(root.dead());
    EXPECT_NE(root, getcurrent());
  }
  EXPECT_NE(roots[0], roots[1]);
}

TEST(GreenletTest, Exception) {
  Texts seen;
  greenlet g1([&] { fmain(seen); }), g2([&] { fmain(seen); });
  g1.switch_to();
  g2.switch_to();
  g2.set_parent(g1);
  EXPECT_EQ(seen, Texts{});
  EXPECT_THROW(g2.switch_to(), SomeError);  // which went through g1
  EXPECT_EQ(seen, Texts{"some error"});
  EXPECT_FALSE(g2.switch_to().has_value());
  EXPECT_EQ(std::any_cast<int>(g2.switch_to(25)), 25);
  EXPECT_EQ(seen, Texts{"some error"});
}

TEST(GreenletTest, SendException) {
  Texts seen;
  greenlet g1([&] { fmain(seen); });
  g1.switch_to();
  greenlet crasher([] { throw KeyError(); }, g1);
  EXPECT_THROW(crasher.switch_to(), KeyError);
  EXPECT_EQ(seen, Texts{"key"});
}

TEST(GreenletTest, Dealloc) {
  Texts seen;
  greenlet g1([&] { fmain(seen); }), g2([&] { fmain(seen); });
  g1.switch_to();
  g2.switch_to();
  EXPECT_EQ(seen, Texts{});
  g1 = {};
  EXPECT_EQ(seen, Texts{"GreenletExit"});
  g2 = {};
  EXPECT_EQ(seen, (Texts{"GreenletExit", "GreenletExit"}));
}

// It is dropped while an exception of ours is on its way: that one goes on.
TEST(GreenletTest, DeallocWhileUnwinding) {
  Texts seen;
  try {
    greenlet g([&] { fmain(seen); });
    g.switch_to();
    throw KeyError();
  } catch (const KeyError&) {
    EXPECT_EQ(seen, Texts{"GreenletExit"});
  }
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

TEST(GreenletTest, DeallocCatchesGreenletExitThrowsOther) {
  ::testing::internal::CaptureStderr();
  {
    greenlet g([] {
      try {
        getcurrent().parent().switch_to();
      } catch (const GreenletExit&) {
      }
      throw SomeError();
    });
    g.switch_to();
  }
  std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("Exception ignored in"), std::string::npos) << text;
  EXPECT_NE(text.find("SomeError: some error"), std::string::npos) << text;
}

// Dropped by another thread it is ended by its own, once that comes to it.
TEST(GreenletTest, DeallocOtherThread) {
  Texts seen;
  greenlet<> handed_over;
  std::atomic<int> stage{0};
  Bunch<OsThreads> hand(1, [&] {
    greenlet g([&] { fmain(seen); });
    g.switch_to();
    handed_over = std::move(g);
    stage = 1;
    ASSERT_TRUE(wait_until([&] { return stage == 2; }));
    EXPECT_EQ(seen, Texts{});
    getcurrent();
    EXPECT_EQ(seen, Texts{"GreenletExit"});
  });
  ASSERT_TRUE(wait_until([&] { return stage == 1; }));
  handed_over = {};
  stage = 2;
}

// Nobody else may run what a thread leaves behind: it is unwound as it ends.
TEST(GreenletTest, EndsWithItsThread) {
  Texts seen;
  greenlet<> left, never_run;
  Bunch<OsThreads>(1, [&] {
    left = greenlet([&] { fmain(seen); });
    never_run = greenlet([&] { fmain(seen); }, left);
    left.switch_to();
  }).join();
  EXPECT_EQ(seen, Texts{"GreenletExit"});
  EXPECT_TRUE(left.dead());
  EXPECT_EQ(said([&] { left.switch_to(); }), "cannot switch to a different thread (which happens to have exited)");
  EXPECT_EQ(said([&] { never_run.switch_to(); }), "cannot switch to a different thread (which happens to have exited)");
}

TEST(GreenletTest, EndsWithItsGreenThread) {
  Texts seen;
  greenlet<> left;
  gevent::spawn([&] {
    left = greenlet([&] { fmain(seen); });
    left.switch_to();
  }).join();
  EXPECT_EQ(seen, Texts{"GreenletExit"});
  EXPECT_TRUE(left.dead());
}

TEST(GreenletTest, ThrowToDeadThreadDoesntCrash) {
  greenlet<> left;
  Bunch<OsThreads>(1, [&] {
    left = greenlet([] { getcurrent().parent().switch_to(); });
    left.switch_to();
  }).join();
  EXPECT_EQ(said([&] { left.throw_into(SomeError()); }),
            "cannot switch to a different thread (which happens to have exited)");
}

TEST(GreenletTest, SwitchToAnotherThread) {
  greenlet<> theirs;
  std::atomic<bool> made{false}, done{false};
  Bunch<OsThreads> hand(1, [&] {
    theirs = greenlet([] {});
    made = true;
    ASSERT_TRUE(wait_until([&] { return done.load(); }));
  });
  ASSERT_TRUE(wait_until([&] { return made.load(); }));
  EXPECT_EQ(said([&] { theirs.switch_to(); }), "cannot switch to a different thread");
  EXPECT_EQ(said([&] { theirs.throw_into(SomeError()); }), "cannot switch to a different thread");
  EXPECT_EQ(said([&] { greenlet g([] {}, theirs); }), "parent cannot be on a different thread");
  done = true;
}

TEST(GreenletTest, SwitchToAnotherGreenThread) {
  greenlet mine([] {});
  std::string text;
  gevent::spawn([&] { text = said([&] { mine.switch_to(); }); }).join();
  EXPECT_EQ(text, "cannot switch to a different thread");
}

TEST(GreenletTest, ThreadedReparent) {
  greenlet<> theirs;
  std::atomic<bool> made{false}, done{false};
  Bunch<OsThreads> hand(1, [&] {
    theirs = greenlet([] {});
    made = true;
    ASSERT_TRUE(wait_until([&] { return done.load(); }));
  });
  ASSERT_TRUE(wait_until([&] { return made.load(); }));
  greenlet g([] { getcurrent().parent().switch_to(); });
  g.switch_to();
  EXPECT_EQ(said([&] { g.set_parent(theirs); }), "parent cannot be on a different thread");
  done = true;
}

TEST(GreenletTest, ExcState) {
  greenlet([] {
    try {
      throw ValueError("fun");
    } catch (const ValueError&) {
      std::exception_ptr mine = std::current_exception();
      greenlet([] { EXPECT_EQ(std::current_exception(), nullptr); }).switch_to();
      EXPECT_EQ(std::current_exception(), mine);
    }
  }).switch_to();
}

TEST(GreenletTest, ParentRestoredOnKill) {
  greenlet hub([] {});
  auto main = getcurrent();
  std::vector<greenlet<>> result;
  greenlet g(
      [&] {
        try {
          main.switch_to();
        } catch (const GreenletExit&) {
          result.push_back(getcurrent().parent());
          result.push_back(getcurrent());
          hub.switch_to();
        }
      },
      hub);
  g.switch_to();
  g = {};
  ASSERT_EQ(result.size(), 2u);
  EXPECT_EQ(result[0], main);
  EXPECT_EQ(result[1].parent(), hub);
  EXPECT_TRUE(result[1]);  // it lives, it has a handle again
  greenlet<> again = std::move(result[1]);
  result.clear();
  EXPECT_TRUE(hub.dead());
}

TEST(GreenletTest, KilledByTheLastReferenceInItsOwnHands) {
  Texts seen;
  std::vector<greenlet<>> worker;
  worker.emplace_back([&] {
    worker.clear();
    EXPECT_FALSE(getcurrent().dead());
    fmain(seen);
  });
  worker[0].switch_to();
  EXPECT_EQ(seen, Texts{"GreenletExit"});  // nobody could have gone back to it
}

TEST(GreenletTest, FallingOffEndSwitchesToUnstartedParentRaisesError) {
  greenlet<std::string> parent([](std::string) { return "never"s; });
  greenlet<int> child([] { return 42; }, parent);
  EXPECT_THROW(child.switch_to(), TypeError);
  EXPECT_TRUE(parent.dead());
}

TEST(GreenletTest, FallingOffEndSwitchesToUnstartedParentWorks) {
  greenlet<int> parent([](int x) { return x + 24; });
  greenlet<int> child([] { return 42; }, parent);
  EXPECT_EQ(child.switch_to(), 66);
}

TEST(GreenletTest, SwitchToDeadGreenletReparent) {
  Ints seen;
  greenlet parent([&] { seen.push_back(24); });
  greenlet child([&] { seen.push_back(42); });
  child.switch_to();
  EXPECT_EQ(seen, Ints{42});
  child.set_parent(parent);
  EXPECT_FALSE(child.switch_to().has_value());
  EXPECT_EQ(seen, (Ints{42, 24}));
}

TEST(GreenletTest, MainGreenletParentIsNone) { EXPECT_EQ(getcurrent().parent(), greenlet<>()); }

TEST(GreenletTest, CannotSetParentOfMain) {
  EXPECT_EQ(said([] { getcurrent().set_parent(getcurrent()); }), "cannot set the parent of a main greenlet");
}

TEST(GreenletTest, TrivialCycle) {
  greenlet g([] {});
  EXPECT_EQ(said([&] { g.set_parent(g); }), "cyclic parent chain");
}

TEST(GreenletTest, DeeperCycle) {
  greenlet g1([] {}), g2([] {}), g3([] {});
  g1.set_parent(g2);
  g2.set_parent(g3);
  EXPECT_EQ(said([&] { g3.set_parent(g1); }), "cyclic parent chain");
}

// Two that take different types never see each other's bytes.
TEST(GreenletTest, AnotherTypeIsRefusedWhereItIsSent) {
  auto main = getcurrent<int>();
  greenlet<std::string> text([&](std::string) {
    main.switch_to(1);
    return "end"s;
  });
  greenlet<int> number([&](int) -> int {
    EXPECT_THROW(getcurrent<std::string>().parent().switch_to("wrong"), TypeError);  // main rests for an int
    EXPECT_EQ(text.switch_to("a"), "never");
    return 2;
  });
  EXPECT_EQ(number.switch_to(0), 1);
  // text rests for an int now, for that is what it called switch_to with.
  std::string told = said([&] { text.switch_to("b"); });
  EXPECT_NE(told.find("the greenlet takes int, not std::"), std::string::npos) << told;
  EXPECT_THROW(text.throw_into(SomeError()), SomeError);
}

TEST(GreenletTest, AnotherTypeReturnedIsAnErrorOfTheParent) {
  greenlet<int> g([] { return 5; });
  greenlet<std::string> other([&] { return std::to_string(g.switch_to()); }, getcurrent());
  g.set_parent(getcurrent());
  EXPECT_THROW(other.switch_to(), TypeError);  // g's 5 came to us, who wanted a string
  EXPECT_TRUE(g.dead());
}

TEST(GreenletTest, AValueThatDoesNotMoveIsTheSendersError) {
  struct Stubborn {
    Stubborn() = default;
    explicit Stubborn(bool s) : stubborn(s) {}
    Stubborn(Stubborn&& other) : stubborn(other.stubborn) {
      if (stubborn) throw SomeError();
    }
    bool stubborn = false;
  };
  int got = 0;
  greenlet<Stubborn> g([&](Stubborn) {
    ++got;
    getcurrent<Stubborn>().parent().switch_to();
    ++got;
  });
  EXPECT_THROW(g.switch_to(true), SomeError);
  EXPECT_EQ(got, 0);
  g.switch_to();
  EXPECT_EQ(got, 1);
  EXPECT_THROW(g.switch_to(true), SomeError);
  EXPECT_EQ(got, 1);
  g.switch_to();
  EXPECT_EQ(got, 2);
}

// One that waits for a lock makes its whole thread wait, and wakes where it was.
TEST(GreenletTest, WaitsForALockFromWithin) {
  threading::Lock lock;
  lock.acquire();
  Ints order;
  auto waiter = gevent::spawn([&] {
    greenlet<int> g([&](int) {
      lock.acquire();
      order.push_back(2);
      lock.release();
      return 7;
    });
    EXPECT_EQ(g.switch_to(), 7);
    order.push_back(3);
  });
  while (waiters(&lock) != 1) gevent::sleep();
  order.push_back(1);
  lock.release();
  waiter.get();
  EXPECT_EQ(order, (Ints{1, 2, 3}));
}

TEST(GreenletTest, WaitsForALockFromWithinAnOsThread) {
  threading::Lock lock;
  lock.acquire();
  std::atomic<int> got{0};
  Bunch<OsThreads> hand(1, [&] {
    greenlet<int> g([&](int) {
      lock.acquire();
      lock.release();
      return 7;
    });
    got = g.switch_to();
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&lock) == 1; }));
  lock.release();
  hand.join();
  EXPECT_EQ(got, 7);
}

// Several in catch blocks at once keep their own exceptions.
TEST(GreenletTest, ExceptionsStayWithTheirGreenlet) {
  auto main = getcurrent<void>();
  Texts seen;
  auto body = [&](std::string name) {
    try {
      throw std::runtime_error(name);
    } catch (const std::exception& outer) {
      main.switch_to();
      try {
        throw std::logic_error(name + " inner");
      } catch (const std::exception& inner) {
        main.switch_to();
        seen.push_back(inner.what());
        try {
          throw;
        } catch (const std::logic_error& again) {
          main.switch_to();
          seen.push_back(again.what());
        }
      }
      main.switch_to();
      seen.push_back(outer.what());
      try {
        std::rethrow_exception(std::current_exception());
      } catch (const std::runtime_error& again) {
        seen.push_back("again "s + again.what());
      }
    }
    EXPECT_EQ(std::current_exception(), nullptr);
  };
  greenlet<void> a([&] { body("a"); }), b([&] { body("b"); });
  try {
    throw KeyError();
  } catch (const KeyError&) {
    while (!a.dead() || !b.dead()) {
      if (!a.dead()) a.switch_to();
      if (!b.dead()) b.switch_to();
      EXPECT_THROW(throw, KeyError);
    }
  }
  EXPECT_EQ(seen, (Texts{"a inner", "b inner", "a inner", "b inner", "a", "again a", "b", "again b"}));
}

TEST(GreenletTest, UncaughtExceptionsAreCountedForEach) {
  greenlet<void> g([] {
    EXPECT_EQ(std::uncaught_exceptions(), 0);
    getcurrent<void>().parent().switch_to();
    EXPECT_EQ(std::uncaught_exceptions(), 0);
  });
  struct Switches {
    ~Switches() {
      EXPECT_EQ(std::uncaught_exceptions(), 1);
      g.switch_to();
      EXPECT_EQ(std::uncaught_exceptions(), 1);
    }
    greenlet<void>& g;
  };
  EXPECT_THROW(
      {
        Switches first{g};
        throw SomeError();
      },
      SomeError);
  EXPECT_EQ(std::uncaught_exceptions(), 0);
  g.switch_to();
  EXPECT_TRUE(g.dead());
}

TEST(GreenletTest, RoundingModeIsKeptForEach) {
  greenlet<void> g([] {
    EXPECT_EQ(std::fegetround(), FE_TONEAREST);
    std::fesetround(FE_UPWARD);
    getcurrent<void>().parent().switch_to();
    EXPECT_EQ(std::fegetround(), FE_UPWARD);
  });
  std::fesetround(FE_DOWNWARD);
  g.switch_to();
  EXPECT_EQ(std::fegetround(), FE_DOWNWARD);
  std::fesetround(FE_TONEAREST);
  g.switch_to();
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
}

// The function and what it captured go where it ran, or with the last handle.
TEST(GreenletTest, CapturesAreDestroyed) {
  auto alive = std::make_shared<int>();
  {
    greenlet g([alive] { getcurrent().parent().switch_to(); });
    g.switch_to();
    EXPECT_EQ(alive.use_count(), 2);
    g.switch_to();
    EXPECT_EQ(alive.use_count(), 1);
    greenlet never([alive] {});
    EXPECT_EQ(alive.use_count(), 2);
    greenlet thrown_into([alive] {});
    EXPECT_THROW(thrown_into.throw_into(SomeError()), SomeError);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

// Whatever handles are made and dropped where, nothing is left and nothing is
// touched that has gone: the sanitizers look.
TEST(GreenletTest, AnyOrderOfSwitchingAndDropping) {
  const std::uint64_t seed = test::seed();
  std::uint64_t state = seed;
  auto random = [&](std::size_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state >> 33) % n;
  };
  auto alive = std::make_shared<int>();
  Bunch<OsThreads>(1,
                   [&] {  // its end finds those that hold handles of one another
                     std::vector<greenlet<int>> all(8);
                     for (int round = 0; round < 4000; ++round) {
                       auto& one = all[random(all.size())];
                       switch (random(4)) {
                         case 0:
                           one = greenlet<int>([&, alive](int n) {
                             while (n != 0) {
                               auto& other = all[random(all.size())];
                               if (other && random(2) == 0) {
                                 n = greenlet<int>(other).switch_to(n - 1);
                               } else {
                                 n = getcurrent<int>().parent().switch_to(n - 1);
                               }
                             }
                             if (random(3) == 0) throw SomeError();
                             return 0;
                           });
                           break;
                         case 1:
                           one = {};
                           break;
                         default:
                           try {
                             if (!one.dead()) greenlet<int>(one).switch_to(static_cast<int>(random(5)));
                           } catch (const error&) {
                           } catch (const SomeError&) {
                           }
                       }
                     }
                   })
      .join();
  EXPECT_EQ(alive.use_count(), 1) << "seed " << seed;
}

TEST(GreenletTest, ManyStacks) {
  constexpr int Many = 1000;
  std::vector<greenlet<int>> all;
  for (int i = 0; i < Many; ++i) {
    all.emplace_back([](int n) {
      for (;;) n = getcurrent<int>().parent().switch_to(n + 1);
    });
  }
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < Many; ++i) EXPECT_EQ(all[i].switch_to(i), i + 1);
  }
}

#if !defined(WEFT_ASAN) && !defined(WEFT_TSAN)  // they have a handler of their own
[[gnu::noinline]] int recurse(int n) {          // NOLINT(misc-no-recursion)
  volatile char room[1024];
  room[0] = static_cast<char>(n);
  return n == 0 ? 0 : recurse(n - 1) + room[0];
}

TEST(GreenletDeathTest, OverflowIsNamed) {
  EXPECT_EXIT(
      {
        greenlet<int> deep([](int n) { return recurse(n); }, {.stack_size = 32 * 1024});
        deep.switch_to(1'000'000);
      },
      ::testing::KilledBySignal(SIGSEGV), "weft: a greenlet of thread 'MainThread' overflowed its stack of 32 KiB");
}
#endif

}  // namespace
}  // namespace weft::test
