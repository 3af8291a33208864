// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's Lib/test/test_generators.py as far as it applies, for both kinds, and
// what C++ adds.
#include "weft/generator.hpp"

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include "contracts/contract.hpp"
#include "os/sanitizer.hpp"
#include "weft/gevent.hpp"
#include "weft/greenlet.hpp"
#include "weft/queue.hpp"
#include "weft/threading.hpp"

namespace weft::test {
namespace {

using namespace std::literals;
using Ints = std::vector<int>;
using Texts = std::vector<std::string>;

struct KeyError : std::runtime_error {
  KeyError() : std::runtime_error("key") {}
};

template <class F>
std::string said(F f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "nothing was thrown";
}

template <class G>
auto list(G generator) {
  std::vector<std::decay_t<decltype(*generator.next())>> items;
  for (auto& item : generator) items.push_back(std::move(item));
  return items;
}

// Each way to write a generator, for the tests of what both promise.
struct Coroutine {
  static constexpr const char* Name = "Coroutine";
  static Generator<int> count(int n) {
    for (int i = 0; i < n; ++i) co_yield i;
  }
  static Generator<int, int> sums() {
    for (int sum = 0;;) sum += co_yield sum;
  }
  static Generator<int> fails(int after) {
    for (int i = 0; i < after; ++i) co_yield i;
    throw KeyError();
  }
  // Notes down what comes out of its yields, and goes on.
  static Generator<int> catches(Texts& seen) {
    for (int i = 0;; ++i) {
      try {
        co_yield i;
        seen.push_back("next");
      } catch (const KeyError& e) {
        seen.push_back(e.what());
      }
    }
  }
  static Generator<int> ignores_exit() {
    for (;;) {
      try {
        co_yield 1;
      } catch (const GeneratorExit&) {
      }
    }
  }
  static Generator<int> returns_at_exit() {
    try {
      co_yield 1;
    } catch (const GeneratorExit&) {
    }
  }
  static Generator<int> throws_at_exit() {
    try {
      co_yield 1;
    } catch (const GeneratorExit&) {
      throw KeyError();
    }
  }
  static Generator<int, void, std::string> returns(std::string value) {
    co_yield 1;
    co_return value;
  }
  static Generator<int> keeps(std::shared_ptr<int> alive) {
    for (;;) co_yield *alive;
  }
  static Generator<int> runs(std::function<void()> f) {
    f();
    co_yield 1;
    f();
  }
};

struct Stackful {
  static constexpr const char* Name = "Stackful";
  static Generator<int> count(int n) {
    return Generator<int>([n](auto& yield) {
      for (int i = 0; i < n; ++i) yield(i);
    });
  }
  static Generator<int, int> sums() {
    return Generator<int, int>([](auto& yield) {
      for (int sum = 0;;) sum += yield(sum);
    });
  }
  static Generator<int> fails(int after) {
    return Generator<int>([after](auto& yield) {
      for (int i = 0; i < after; ++i) yield(i);
      throw KeyError();
    });
  }
  static Generator<int> catches(Texts& seen) {
    return Generator<int>([&seen](auto& yield) {
      for (int i = 0;; ++i) {
        try {
          yield(i);
          seen.push_back("next");
        } catch (const KeyError& e) {
          seen.push_back(e.what());
        }
      }
    });
  }
  static Generator<int> ignores_exit() {
    return Generator<int>([](auto& yield) {
      for (int i = 0; i < 2; ++i) {
        try {
          yield(1);
        } catch (const GeneratorExit&) {
        }
      }
    });
  }
  static Generator<int> returns_at_exit() {
    return Generator<int>([](auto& yield) {
      try {
        yield(1);
      } catch (const GeneratorExit&) {
      }
    });
  }
  static Generator<int> throws_at_exit() {
    return Generator<int>([](auto& yield) {
      try {
        yield(1);
      } catch (const GeneratorExit&) {
        throw KeyError();
      }
    });
  }
  static Generator<int, void, std::string> returns(std::string value) {
    return Generator<int, void, std::string>([value](auto& yield) {
      yield(1);
      return value;
    });
  }
  static Generator<int> keeps(std::shared_ptr<int> alive) {
    return Generator<int>([alive](auto& yield) {
      for (;;) yield(*alive);
    });
  }
  static Generator<int> runs(std::function<void()> f) {
    return Generator<int>([f](auto& yield) {
      f();
      yield(1);
      f();
    });
  }
};

template <class Kind>
class GeneratorTest : public ::testing::Test {};
using Kinds = ::testing::Types<Coroutine, Stackful>;
struct Names {
  template <class Kind>
  static std::string GetName(int) {
    return Kind::Name;
  }
};
TYPED_TEST_SUITE(GeneratorTest, Kinds, Names);

TYPED_TEST(GeneratorTest, Iterates) {
  EXPECT_EQ(list(TypeParam::count(5)), (Ints{0, 1, 2, 3, 4}));
  EXPECT_EQ(list(TypeParam::count(0)), Ints{});
}

TYPED_TEST(GeneratorTest, NextGivesOneAfterTheOther) {
  auto g = TypeParam::count(2);
  EXPECT_TRUE(g);
  EXPECT_EQ(g.next(), 0);
  EXPECT_EQ(g.next(), 1);
  EXPECT_EQ(g.next(), std::nullopt);
  EXPECT_FALSE(g);
  EXPECT_EQ(g.next(), std::nullopt);
}

// As in Python a loop takes what is left, and what it leaves is still there.
TYPED_TEST(GeneratorTest, ALoopGoesOnWhereItRests) {
  auto g = TypeParam::count(6);
  EXPECT_EQ(g.next(), 0);
  Ints seen;
  for (int i : g) {
    seen.push_back(i);
    if (i == 2) break;
  }
  for (int i : g) seen.push_back(i);
  EXPECT_EQ(seen, (Ints{1, 2, 3, 4, 5}));
}

TYPED_TEST(GeneratorTest, Send) {
  auto g = TypeParam::sums();
  EXPECT_EQ(g.next(), 0);
  EXPECT_EQ(g.send(5), 5);
  EXPECT_EQ(g.send(7), 12);
  EXPECT_EQ(g.next(), 12);  // int(), where Python sends None
}

TYPED_TEST(GeneratorTest, SendNonNoneToNewGen) {
  auto g = TypeParam::sums();
  EXPECT_EQ(said([&] { g.send(0); }), "can't send non-None value to a just-started generator");
  EXPECT_EQ(g.next(), 0);
}

TYPED_TEST(GeneratorTest, ExceptionsComeOut) {
  auto g = TypeParam::fails(2);
  EXPECT_EQ(g.next(), 0);
  EXPECT_EQ(g.next(), 1);
  EXPECT_THROW(g.next(), KeyError);
  EXPECT_FALSE(g);
  EXPECT_EQ(g.next(), std::nullopt);
  auto at_once = TypeParam::fails(0);
  EXPECT_THROW(list(std::move(at_once)), KeyError);
}

TYPED_TEST(GeneratorTest, ExceptThrow) {
  Texts seen;
  auto g = TypeParam::catches(seen);
  EXPECT_EQ(g.next(), 0);
  EXPECT_EQ(g.throw_into(KeyError()), 1);
  EXPECT_EQ(g.next(), 2);
  EXPECT_EQ(g.throw_into(std::make_exception_ptr(KeyError())), 3);
  EXPECT_EQ(seen, (Texts{"key", "next", "key"}));
  EXPECT_THROW(g.throw_into(std::logic_error("")), std::logic_error);  // nobody catches it there
  EXPECT_FALSE(g);
}

TYPED_TEST(GeneratorTest, ThrowIntoOneThatHasNotBegun) {
  Texts seen;
  auto g = TypeParam::catches(seen);
  EXPECT_THROW(g.throw_into(KeyError()), KeyError);
  EXPECT_EQ(seen, Texts{});
  EXPECT_EQ(g.next(), std::nullopt);
  EXPECT_THROW(g.throw_into(KeyError()), KeyError);  // which has ended
}

TYPED_TEST(GeneratorTest, CloseNoReturnValue) {
  auto g = TypeParam::count(3);
  g.next();
  g.close();
  EXPECT_FALSE(g);
  g.close();
}

TYPED_TEST(GeneratorTest, CloseReturnsAtExit) {
  auto g = TypeParam::returns_at_exit();
  g.next();
  g.close();
  EXPECT_FALSE(g);
}

TYPED_TEST(GeneratorTest, CloseNotStarted) {
  auto alive = std::make_shared<int>();
  auto g = TypeParam::keeps(alive);
  g.close();
  EXPECT_FALSE(g);
  EXPECT_EQ(alive.use_count(), 1);
}

TYPED_TEST(GeneratorTest, CloseExhausted) {
  auto g = TypeParam::count(1);
  EXPECT_EQ(list(std::move(g)), Ints{0});
  auto h = TypeParam::count(0);
  EXPECT_EQ(h.next(), std::nullopt);
  h.close();
}

TYPED_TEST(GeneratorTest, CloseRaises) {
  auto g = TypeParam::throws_at_exit();
  g.next();
  EXPECT_THROW(g.close(), KeyError);
  EXPECT_FALSE(g);
}

TYPED_TEST(GeneratorTest, CloseIgnored) {
  auto g = TypeParam::ignores_exit();
  g.next();
  EXPECT_EQ(said([&] { g.close(); }), "generator ignored GeneratorExit");
}

TYPED_TEST(GeneratorTest, CloseReleasesFrameLocals) {
  auto alive = std::make_shared<int>(3);
  auto g = TypeParam::keeps(alive);
  g.next();
  EXPECT_GT(alive.use_count(), 1);
  g.close();
  EXPECT_EQ(alive.use_count(), 1);
}

// Dropped at rest, before, and after: what it held goes.
TYPED_TEST(GeneratorTest, DroppedIsUnwound) {
  auto alive = std::make_shared<int>(3);
  for (int steps = 0; steps < 3; ++steps) {
    auto g = TypeParam::keeps(alive);
    for (int i = 0; i < steps; ++i) EXPECT_EQ(g.next(), 3);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TYPED_TEST(GeneratorTest, DroppedWhileUnwinding) {
  auto alive = std::make_shared<int>(3);
  try {
    auto g = TypeParam::keeps(alive);
    g.next();
    throw KeyError();
  } catch (const KeyError&) {
    EXPECT_EQ(alive.use_count(), 1);
  }
}

TYPED_TEST(GeneratorTest, ReturnValue) {
  auto g = TypeParam::returns("end");
  EXPECT_EQ(g.next(), 1);
  EXPECT_THROW(g.result(), RuntimeError);
  EXPECT_EQ(g.next(), std::nullopt);
  EXPECT_EQ(g.result(), "end");
}

TYPED_TEST(GeneratorTest, MovesWithItsHandle) {
  auto g = TypeParam::count(4);
  EXPECT_EQ(g.next(), 0);
  auto h = std::move(g);
  EXPECT_FALSE(g);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(h.next(), 1);
  g = std::move(h);
  EXPECT_EQ(g.next(), 2);
  g = TypeParam::count(1);
  EXPECT_EQ(list(std::move(g)), Ints{0});
}

TYPED_TEST(GeneratorTest, AlreadyExecuting) {
  std::string told[4];
  Generator<int>* self = nullptr;
  int at = 0;
  auto g = TypeParam::runs([&] {
    if (at != 0) return;
    told[at++] = said([&] { self->next(); });
    told[at++] = said([&] { self->close(); });
    told[at++] = said([&] { self->throw_into(KeyError()); });
    told[at++] = said([&] { self->begin(); });
  });
  self = &g;
  EXPECT_EQ(g.next(), 1);
  for (const std::string& text : told) EXPECT_EQ(text, "generator already executing");
}

// As itertools.islice().
TYPED_TEST(GeneratorTest, IsResumedNoMoreThanItIsAskedFor) {
  int resumed = 0;
  auto g = TypeParam::runs([&] { ++resumed; });
  auto none = g.begin();
  EXPECT_EQ(resumed, 0);
  for (int i : g | std::views::take(1)) EXPECT_EQ(i, 1);
  EXPECT_EQ(resumed, 1);
  EXPECT_TRUE(none == g.end());
  EXPECT_EQ(resumed, 2);

  auto numbers = TypeParam::count(10);
  Ints seen;
  for (int i : numbers | std::views::take(2)) seen.push_back(i);
  seen.push_back(*numbers.next());
  for (int i : numbers) {
    seen.push_back(i);
    if (i == 4) break;
  }
  EXPECT_EQ(seen, (Ints{0, 1, 2, 3, 4}));
  EXPECT_EQ(numbers.next(), 5);
}

// The inner loop's last step is not taken in its place by the outer one.
TYPED_TEST(GeneratorTest, ALoopInALoopLosesNothing) {
  auto numbers = TypeParam::count(9);
  Ints outer, inner;
  for (int i : numbers) {
    outer.push_back(i);
    for (int j : numbers | std::views::take(2)) inner.push_back(j);
  }
  EXPECT_EQ(outer, (Ints{0, 3, 6}));
  EXPECT_EQ(inner, (Ints{1, 2, 4, 5, 7, 8}));
}

TYPED_TEST(GeneratorTest, CopiesOfAnIteratorAreAtOneValue) {
  auto numbers = TypeParam::count(3);
  auto i = numbers.begin(), j = i;
  EXPECT_EQ(*i, 0);
  EXPECT_EQ(*j, 0);
  ++i;
  j = i;
  EXPECT_EQ(*j, 1);
  EXPECT_EQ(*i, 1);
  EXPECT_EQ(numbers.next(), 2);
}

TYPED_TEST(GeneratorTest, AnExceptionLeavesALoopAtTheEnd) {
  auto g = TypeParam::fails(1);
  auto i = g.begin();
  EXPECT_EQ(*i, 0);
  ++i;
  EXPECT_THROW(static_cast<void>(i == g.end()), KeyError);
  EXPECT_TRUE(i == g.end());
  EXPECT_FALSE(g);
}

// A range as the library knows them.
TYPED_TEST(GeneratorTest, IsAnInputRange) {
  static_assert(std::input_iterator<typename Generator<int>::Iterator>);
  static_assert(std::ranges::input_range<Generator<int>> && !std::ranges::forward_range<Generator<int>>);
  auto g = TypeParam::count(10);
  int sum = 0;
  for (auto i = g.begin(); i != g.end(); ++i) sum += *i;
  EXPECT_EQ(sum, 45);
}

TYPED_TEST(GeneratorTest, GoesOnInWhicheverThreadAsks) {
  auto g = TypeParam::count(100);
  Ints seen;
  for (int i = 0; i < 50; ++i) {
    seen.push_back(*g.next());
    Bunch<OsThreads>(1, [&] { seen.push_back(*g.next()); }).join();
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[i], i);
  auto dropped_there = TypeParam::count(2);
  dropped_there.next();
  Bunch<OsThreads>(1, [&] { auto last = std::move(dropped_there); }).join();
}

TYPED_TEST(GeneratorTest, GoesOnInWhicheverGreenThreadAsks) {
  auto g = TypeParam::count(100);
  Ints seen;
  std::vector<gevent::Greenlet<>> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(gevent::spawn([&] {
      while (auto n = g.next()) {
        seen.push_back(*n);
        gevent::sleep();
      }
    }));
  }
  gevent::joinall(all, {.raise_error = true});
  ASSERT_EQ(seen.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[i], i);
}

// A green thread that waits inside of a generator parks, and wakes up in it.
TYPED_TEST(GeneratorTest, WaitsForALockInItsMidst) {
  threading::Lock lock;
  lock.acquire();
  Ints order;
  auto g = TypeParam::runs([&] {
    std::scoped_lock held(lock);
    order.push_back(2);
  });
  auto waiter = gevent::spawn([&] {
    EXPECT_EQ(g.next(), 1);
    order.push_back(3);
    EXPECT_EQ(g.next(), std::nullopt);
  });
  while (waiters(&lock) != 1) gevent::sleep();
  order.push_back(1);
  lock.release();
  waiter.get();
  EXPECT_EQ(order, (Ints{1, 2, 3, 2}));
}

// A green thread that is killed there gets its GreenletExit out of the generator.
TYPED_TEST(GeneratorTest, KilledInItsMidst) {
  threading::Lock lock;
  lock.acquire();
  auto g = TypeParam::runs([&] { lock.acquire(); });
  bool came_out = false;
  auto waiter = gevent::spawn([&] {
    try {
      g.next();
    } catch (const GreenletExit&) {
      came_out = true;
      throw;
    }
  });
  while (waiters(&lock) != 1) gevent::sleep();
  waiter.kill();
  EXPECT_TRUE(came_out);
  EXPECT_FALSE(g);
}

TYPED_TEST(GeneratorTest, RoundingModeIsKept) {
  auto g = TypeParam::runs([] { EXPECT_EQ(std::fegetround(), FE_TONEAREST); });
  g.next();
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
}

// yield from: the tests of test_generators.py's and PEP 380's delegations.

Generator<int> countdown(int n) {
  if (n == 0) co_return;
  co_yield n;
  co_yield from(countdown(n - 1));
}

TEST(YieldFromTest, Recursion) {
  Ints expected;
  for (int i = 1000; i > 0; --i) expected.push_back(i);
  EXPECT_EQ(list(countdown(1000)), expected);
}

TEST(YieldFromTest, RecursionWithAStackNeedsNoHelp) {
  struct Tree {
    int value;
    std::unique_ptr<Tree> left, right;
    static std::unique_ptr<Tree> of(int low, int high) {
      if (low >= high) return nullptr;
      int middle = (low + high) / 2;
      return std::make_unique<Tree>(Tree{middle, of(low, middle), of(middle + 1, high)});
    }
    void walk(Yielding<int>& yield) const {
      if (left) left->walk(yield);
      yield(value);
      if (right) right->walk(yield);
    }
  };
  auto tree = Tree::of(0, 100);
  Ints seen = list(Generator<int>([&](auto& yield) { tree->walk(yield); }));
  ASSERT_EQ(seen.size(), 100u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

Generator<int> both(Ints items) {
  co_yield 0;
  co_yield from(items);
  co_yield from(Stackful::count(2));
  auto started = Coroutine::count(4);
  started.next();
  co_yield from(started);
  co_yield from(std::move(items));
  co_yield from(Coroutine::count(0));
  co_yield from(Ints{});
}

TEST(YieldFromTest, AnyRange) {
  EXPECT_EQ(list(both({7, 8})), (Ints{0, 7, 8, 0, 1, 1, 2, 3, 7, 8}));
  Generator<int> g([](auto& yield) {
    yield.from(Ints{1, 2});
    yield.from(Coroutine::count(2));
    yield.from(Stackful::count(2));
  });
  EXPECT_EQ(list(std::move(g)), (Ints{1, 2, 0, 1, 0, 1}));
}

Generator<int, int, int> inner_coroutine(Texts& seen) {
  int sum = 0;
  for (;;) {
    try {
      int n = co_yield sum;
      if (n < 0) break;
      sum += n;
    } catch (const KeyError&) {
      seen.push_back("inner");
    } catch (const GeneratorExit&) {
      seen.push_back("exit");
      throw;
    }
  }
  co_return sum;
}

Generator<int, int, int> inner_stackful(Texts& seen) {
  return Generator<int, int, int>([&](auto& yield) {
    int sum = 0;
    for (;;) {
      try {
        int n = yield(sum);
        if (n < 0) break;
        sum += n;
      } catch (const KeyError&) {
        seen.push_back("inner");
      } catch (const GeneratorExit&) {
        seen.push_back("exit");
        throw;
      }
    }
    return sum;
  });
}

Generator<int, int, std::string> outer_coroutine(Generator<int, int, int> inner) {
  int result = co_yield from(std::move(inner));
  co_yield result * 100;
  co_return "done";
}

Generator<int, int, std::string> outer_of_a_reference(Generator<int, int, int> inner) {
  int result = co_yield from(inner);
  co_yield result * 100;
  co_return "done";
}

Generator<int, int, std::string> outer_stackful(Generator<int, int, int> inner) {
  return Generator<int, int, std::string>([inner = std::move(inner)](auto& yield) mutable {
    int result = yield.from(inner);
    yield(result * 100);
    return "done"s;
  });
}

// What is sent, thrown and returned goes through, whatever delegates to whatever.
TEST(YieldFromTest, SendThrowCloseAndResult) {
  for (auto outer : {outer_coroutine, outer_of_a_reference, outer_stackful}) {
    for (auto inner : {inner_coroutine, inner_stackful}) {
      Texts seen;
      auto g = outer(inner(seen));
      EXPECT_EQ(g.next(), 0);
      EXPECT_EQ(g.send(2), 2);
      EXPECT_EQ(g.throw_into(KeyError()), 2);
      EXPECT_EQ(g.send(3), 5);
      EXPECT_EQ(g.send(-1), 500);
      EXPECT_EQ(g.send(0), std::nullopt);
      EXPECT_EQ(g.result(), "done");
      EXPECT_EQ(seen, Texts{"inner"});

      auto closed = outer(inner(seen));
      closed.next();
      closed.close();
      EXPECT_EQ(seen, (Texts{"inner", "exit"}));

      auto thrown_out = outer(inner(seen));
      thrown_out.next();
      EXPECT_THROW(thrown_out.throw_into(std::logic_error("")), std::logic_error);
      EXPECT_FALSE(thrown_out);

      auto dropped = outer(inner(seen));
      dropped.next();
    }
  }
}

Generator<int> catches_from_within() {
  bool caught = false;
  try {
    co_yield from(Coroutine::fails(1));
  } catch (const KeyError&) {
    caught = true;
  }
  if (caught) co_yield 77;
}

TEST(YieldFromTest, ExceptionsReachWhoDelegates) { EXPECT_EQ(list(catches_from_within()), (Ints{0, 77})); }

// Values that only move, and values that are still somebody's.
Generator<std::unique_ptr<int>> movers() {
  for (int i = 0; i < 3; ++i) co_yield std::make_unique<int>(i);
}
Generator<std::string> same_text() {
  std::string text = "a text that is too long to be kept in place";
  for (int i = 0; i < 3; ++i) co_yield text;
}

TEST(GeneratorValuesTest, MoveOnly) {
  auto g = movers();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(**g.next(), i);
  Generator<std::unique_ptr<int>, std::unique_ptr<int>> echo([](auto& yield) {
    std::unique_ptr<int> p;
    for (;;) p = yield(std::move(p));
  });
  EXPECT_EQ(*echo.next(), nullptr);
  EXPECT_EQ(**echo.send(std::make_unique<int>(5)), 5);
}

TEST(GeneratorValuesTest, WhatItYieldsIsStillItsOwn) {
  auto g = same_text();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*g.next(), "a text that is too long to be kept in place");
}

// Two at rest inside of catch blocks keep their own exceptions.
TEST(StackfulGeneratorTest, RestsInsideOfCatch) {
  auto made = [](std::string name) {
    return Generator<std::string>([name](auto& yield) {
      try {
        throw std::runtime_error(name);
      } catch (const std::exception& e) {
        yield(e.what());
        try {
          throw std::logic_error(name + " inner");
        } catch (const std::exception& inner) {
          yield(inner.what());
          try {
            throw;
          } catch (const std::logic_error& again) {
            yield("again "s + again.what());
          }
        }
        try {
          std::rethrow_exception(std::current_exception());
        } catch (const std::runtime_error& again) {
          yield("again "s + again.what());
        }
      }
    });
  };
  auto a = made("a"), b = made("b");
  Texts seen;
  try {
    throw KeyError();
  } catch (const KeyError&) {
    while (a) {
      for (auto* g : {&a, &b}) {
        if (auto text = g->next()) seen.push_back(*text);
        EXPECT_EQ(said([] { throw; }), "key");
      }
    }
  }
  EXPECT_EQ(seen, (Texts{"a", "b", "a inner", "b inner", "again a inner", "again b inner", "again a", "again b"}));
  EXPECT_EQ(std::current_exception(), nullptr);
}

TEST(StackfulGeneratorTest, UncaughtExceptionsAreItsOwn) {
  Generator<int> g([](auto& yield) {
    for (;;) yield(std::uncaught_exceptions());
  });
  struct Asks {
    ~Asks() {
      EXPECT_EQ(std::uncaught_exceptions(), 1);
      EXPECT_EQ(g.next(), 0);
      EXPECT_EQ(std::uncaught_exceptions(), 1);
    }
    Generator<int>& g;
  };
  EXPECT_THROW(
      {
        Asks asks{g};
        throw KeyError();
      },
      KeyError);
}

TEST(StackfulGeneratorTest, RoundingModeIsItsOwn) {
  Generator<int> g([](auto& yield) {
    std::fesetround(FE_UPWARD);
    for (;;) yield(std::fegetround());
  });
  EXPECT_EQ(g.next(), FE_UPWARD);
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
  std::fesetround(FE_DOWNWARD);
  EXPECT_EQ(g.next(), FE_UPWARD);
  EXPECT_EQ(std::fegetround(), FE_DOWNWARD);
  std::fesetround(FE_TONEAREST);
}

TEST(StackfulGeneratorTest, DroppedButWouldNotEnd) {
  ::testing::internal::CaptureStderr();
  {
    auto g = Stackful::ignores_exit();
    g.next();
  }
  std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("RuntimeError: generator ignored GeneratorExit"), std::string::npos) << text;
}

TEST(StackfulGeneratorTest, WhatLeavesADroppedOneIsReported) {
  ::testing::internal::CaptureStderr();
  {
    auto g = Stackful::throws_at_exit();
    g.next();
  }
  std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("Exception ignored in a generator that was dropped"), std::string::npos) << text;
  EXPECT_NE(text.find("KeyError: key"), std::string::npos) << text;
}

// One may yield through others, and greenlets may be made and left inside.
TEST(StackfulGeneratorTest, InsideOfOneAnother) {
  Generator<int> outer([](auto& yield) {
    Generator<int> inner([](auto& its) {
      for (int i = 0; i < 3; ++i) its(i);
    });
    while (auto i = inner.next()) yield(*i * 10);
  });
  EXPECT_EQ(list(std::move(outer)), (Ints{0, 10, 20}));
}

TEST(StackfulGeneratorTest, GreenletsSwitchFromWithin) {
  using weft::greenlet::getcurrent, weft::greenlet::greenlet;
  greenlet<int> g([](int) {
    Generator<int> numbers([](auto& yield) {
      for (int i = 1; i < 4; ++i) yield(getcurrent<int>().parent().switch_to(i));
    });
    int sum = 0;
    for (int n : numbers) sum += n;
    return sum;
  });
  EXPECT_EQ(g.switch_to(), 1);
  EXPECT_EQ(g.switch_to(10), 2);
  EXPECT_EQ(g.switch_to(20), 3);
  EXPECT_EQ(g.switch_to(30), 60);
}

TEST(StackfulGeneratorTest, BigCallablesAndStacks) {
  std::array<char, 100'000> big{};
  big[99'999] = 42;
  Generator<int> g(
      [big](auto& yield) {
        volatile char room[400'000] = {};
        room[5] = big[99'999];
        yield(room[5]);
      },
      {.stack_size = 1 << 20});
  EXPECT_EQ(g.next(), 42);
}

TEST(StackfulGeneratorTest, ACallableThatDoesNotCopyGivesItsStackBack) {
  struct Stubborn {
    Stubborn() = default;
    Stubborn(const Stubborn&) { throw KeyError(); }
    void operator()(Yielding<int>&) const {}
  };
  Stubborn stubborn;
  for (int i = 0; i < 100; ++i) EXPECT_THROW(Generator<int>{stubborn}, KeyError);
}

TEST(StackfulGeneratorTest, ManyAtOnce) {
  std::vector<Generator<int>> all;
  for (int i = 0; i < 1000; ++i) all.push_back(Stackful::count(3));
  for (int round = 0; round < 3; ++round) {
    for (auto& g : all) EXPECT_EQ(g.next(), round);
  }
}

#if !defined(WEFT_ASAN) && !defined(WEFT_TSAN)  // they have a handler of their own
[[gnu::noinline]] int recurse(int n) {          // NOLINT(misc-no-recursion)
  volatile char room[1024];
  room[0] = static_cast<char>(n);
  return n == 0 ? 0 : recurse(n - 1) + room[0];
}

TEST(StackfulGeneratorDeathTest, OverflowIsNamed) {
  EXPECT_EXIT(
      {
        Generator<int> deep([](auto& yield) { yield(recurse(1'000'000)); });
        deep.next();
      },
      ::testing::KilledBySignal(SIGSEGV), "'MainThread' overflowed its stack of 64 KiB");
}
#endif

}  // namespace
}  // namespace weft::test
