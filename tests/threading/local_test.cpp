// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's Lib/test/test_threading_local.py as far as it applies.
#include "weft/threading/local.hpp"

#include <optional>
#include <string>

#include "contracts/contract.hpp"
#include "contracts/crews.hpp"
#include "weft/threading.hpp"

namespace weft::test {
namespace {

using namespace threading;

/// Counts those alive.
struct Counted {
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  ~Counted() { --alive; }
  static inline std::atomic<int> alive{0};
};

template <class Crew>
class LocalTests : public ::testing::Test {};
using Crews = ::testing::Types<AnyCrew>;
struct Names {
  template <class Crew>
  static std::string GetName(int) {
    return Crew::Name;
  }
};
TYPED_TEST_SUITE(LocalTests, Crews, Names);

// A thread's value goes when the thread ends.
TYPED_TEST(LocalTests, LocalRefs) {
  for (int n : {20, 50, 100}) {
    Local<Counted> local;
    for (int i = 0; i < n; ++i) {
      Bunch<TypeParam>(1, [&] { *local; }).join();
      ASSERT_TRUE(wait_until([] { return Counted::alive == 0; })) << Counted::alive;
    }
    *local;
    EXPECT_EQ(Counted::alive, 1);
  }
  EXPECT_EQ(Counted::alive, 0);
}

TYPED_TEST(LocalTests, Derived) {
  Local<int> local([] {
    ::sched_yield();
    return 0;
  });
  std::atomic<int> wrong{0};
  Bunch<TypeParam>(10, [&](int i) {
    *local = i;
    ::sched_yield();
    if (*local != i) ++wrong;
  }).join();
  EXPECT_EQ(wrong, 0);
}

// A new Local where an old one was is empty, in threads too that had a value in
// the old one.
TYPED_TEST(LocalTests, DerivedCycleDealloc) {
  std::optional<Local<int>> local;
  Event first, second;
  bool passed = false;
  local.emplace();
  Bunch<TypeParam> hand(1, [&] {
    **local = 5;
    first.set();
    second.wait();
    passed = **local == 0;
  });
  first.wait();
  for (int i = 0; i < 10; ++i) local.emplace();
  second.set();
  hand.join();
  EXPECT_TRUE(passed);
}

TYPED_TEST(LocalTests, Arguments) {
  Local<std::string> local([] { return std::string("nobody"); });
  EXPECT_EQ(*local, "nobody");
  *local = "ada";
  Notes sizes;
  Bunch<TypeParam>(1, [&] { sizes.add(static_cast<int>(local->size())); }).join();
  EXPECT_EQ(sizes.values(), (std::vector<int>{6}));
  EXPECT_EQ(*local, "ada");
}

TYPED_TEST(LocalTests, ThreadingLocal) {
  struct Data {
    std::string x, y;
  };
  Local<Data> local;
  Event set, done;
  Bunch<TypeParam> one(1, [&] {
    local->x = "foo";
    local->y = "bar";
    set.set();
    done.wait();
    if (local->x != "foo") ADD_FAILURE() << local->x;
  });
  set.wait();
  std::string other = "not looked at";
  Bunch<TypeParam>(1, [&] { other = local->x; }).join();
  done.set();
  EXPECT_EQ(other, "");
}

// A Local that ends takes the values of all threads with it, also of those that
// go on; each goes once.
TYPED_TEST(LocalTests, LocalEndsFirst) {
  Event made[3], done;
  {
    auto local = std::make_unique<Local<Counted>>();
    Bunch<TypeParam> hands(3, [&](int i) {
      **local;
      made[i].set();
      done.wait();
    });
    for (Event& event : made) event.wait();
    EXPECT_EQ(Counted::alive, 3);
    local.reset();
    EXPECT_EQ(Counted::alive, 0);
    done.set();
  }
  EXPECT_EQ(Counted::alive, 0);
}

// test_threading_local_clear_race: Locals that end while threads do.
TYPED_TEST(LocalTests, ThreadingLocalClearRace) {
  for (int i = 0; i < rounds(100, 5'000); ++i) {
    std::vector<std::shared_ptr<Local<Counted>>> handles(3, std::make_shared<Local<Counted>>());
    Bunch<TypeParam>(3, [&](int hand) {
      auto& mine = handles[static_cast<std::size_t>(hand)];
      **mine;
      mine.reset();  // the last one takes the Local with it
    }).join();
    ASSERT_TRUE(wait_until([] { return Counted::alive == 0; })) << Counted::alive;
  }
}

// A value may use another Local, also while it goes.
TYPED_TEST(LocalTests, ValueThatUsesALocal) {
  static std::atomic<int> sum{0};
  struct Uses {
    Local<int>* other = nullptr;
    ~Uses() {
      if (other != nullptr) sum += ++**other;
    }
  };
  sum = 0;
  Local<int> other;
  {
    Local<Uses> local;
    Bunch<TypeParam>(3, [&] { local->other = &other; }).join();
    EXPECT_TRUE(wait_until([] { return sum == 3; })) << sum;
  }
}

TYPED_TEST(LocalTests, ManyLocals) {
  Local<int> kept;
  *kept = 7;
  for (int i = 0; i < 1000; ++i) {
    Local<int> local;
    *local = i;
    ASSERT_EQ(*local, i);
  }
  EXPECT_EQ(*kept, 7);
}

// What makes a value may throw: then there is none yet.
TYPED_TEST(LocalTests, MakerThatThrows) {
  int calls = 0;
  Local<int> local([&calls]() -> int {
    if (calls++ == 0) throw std::runtime_error("not yet");
    return 5;
  });
  EXPECT_THROW(*local, std::runtime_error);
  EXPECT_EQ(*local, 5);
  EXPECT_EQ(*local, 5);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace weft::test
