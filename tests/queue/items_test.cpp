// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "contracts/contract.hpp"
#include "support/crew.hpp"
#include "weft/queue.hpp"

namespace weft::test {
namespace {

// An item that throws at its n-th chance, where it may throw at all, and counts
// how many of its kind there are.
template <bool MoveMayThrow>
struct Grenade {
  explicit Grenade(int v) : value(v) { ++alive; }
  Grenade(const Grenade& other) : value(other.value) {
    step();
    ++alive;
  }
  Grenade(Grenade&& other) noexcept(!MoveMayThrow) : value(other.value) {
    if (MoveMayThrow) step();
    other.value = -1;
    ++alive;
  }
  ~Grenade() { --alive; }
  Grenade& operator=(const Grenade&) = delete;

  bool operator<(const Grenade& other) const {
    step(true);
    return value < other.value;
  }

  static void step(bool comparison = false) {
    if (comparisons_only && !comparison) return;
    if (fuse > 0 && --fuse == 0) throw std::logic_error("bang");
  }

  int value;
  static inline std::atomic<int> fuse = 0, alive = 0;
  static inline std::atomic<bool> comparisons_only = false;
};

template <class Q>
class ThrowingItemsTest : public ::testing::Test {};

using Queues = ::testing::Types<queue::Queue<Grenade<false>>, queue::Queue<Grenade<true>>,
                                queue::LifoQueue<Grenade<false>>, queue::LifoQueue<Grenade<true>>,
                                queue::PriorityQueue<Grenade<false>>, queue::PriorityQueue<Grenade<true>>>;
TYPED_TEST_SUITE(ThrowingItemsTest, Queues);

// Whatever throws and wherever: a failed put has put nothing, a failed get has
// taken one item or none, and the others are all still there.
TYPED_TEST(ThrowingItemsTest, EveryThrowLeavesAWholeQueue) {
  using Item = typename TypeParam::value_type;
  for (int fuse = 1; fuse < 20; ++fuse) {
    {
      TypeParam q(100);
      for (int i = 0; i < 10; ++i) q.put(Item(i * 7 % 10));
      std::vector<Item> extra;
      extra.emplace_back(3);
      Item::fuse = fuse;
      bool threw = false;
      try {
        q.put(extra[0]);
      } catch (const std::logic_error&) {
        threw = true;
      }
      EXPECT_EQ(q.qsize(), threw ? 10u : 11u);
      std::size_t before = q.qsize();
      threw = false;
      try {
        q.get();
      } catch (const std::logic_error&) {
        threw = true;
      }
      Item::fuse = 0;
      EXPECT_GE(q.qsize(), before - 1);
      EXPECT_LE(q.qsize(), threw ? before : before - 1);
      std::size_t left = q.qsize();
      int last = -1;
      for (; left != 0; --left) {
        Item item = q.get();
        EXPECT_GE(item.value, 0);
        if constexpr (requires(TypeParam & t) { static_cast<queue::PriorityQueue<Item>&>(t); }) {
          EXPECT_GE(item.value, last);
        }
        last = item.value;
      }
      EXPECT_TRUE(q.empty());
    }
    ASSERT_EQ(Item::alive, 0);
  }
}

TYPED_TEST(ThrowingItemsTest, TheDestructorDestroysWhatIsLeft) {
  using Item = typename TypeParam::value_type;
  {
    TypeParam q;
    for (int i = 0; i < 1000; ++i) q.put(Item(i));
    for (int i = 0; i < 300; ++i) q.get();
  }
  EXPECT_EQ(Item::alive, 0);
}

TYPED_TEST(ThrowingItemsTest, ShutdownImmediateDestroysWhatIsLeft) {
  using Item = typename TypeParam::value_type;
  TypeParam q;
  for (int i = 0; i < 1000; ++i) q.put(Item(i));
  q.shutdown({.immediate = true});
  EXPECT_EQ(Item::alive, 0);
  EXPECT_EQ(q.unfinished_tasks(), 0u);
}

TEST(QueueItemsTest, AreUntouchedByAPutThatFails) {
  queue::Queue<std::unique_ptr<int>> q(1);
  q.put(std::make_unique<int>(1));
  auto second = std::make_unique<int>(2);
  EXPECT_THROW(q.put(std::move(second), 0), queue::Full);
  ASSERT_TRUE(second);
  EXPECT_FALSE(q.try_put(std::move(second)));
  ASSERT_TRUE(second);
  q.shutdown();
  EXPECT_THROW(q.put(std::move(second)), queue::ShutDown);
  ASSERT_TRUE(second);
  EXPECT_EQ(*q.get(), 1);
}

TEST(QueueItemsTest, MayBeOnlyMovable) {
  queue::Queue<std::unique_ptr<int>> q;
  std::vector<std::unique_ptr<int>> items;
  for (int i = 0; i < 300; ++i) items.push_back(std::make_unique<int>(i));
  q.put_many(std::ranges::subrange(std::make_move_iterator(items.begin()), std::make_move_iterator(items.end())));
  int next = 0;
  for (auto& item : q.get_many(200)) EXPECT_EQ(*item, next++);
  q.shutdown();
  static_assert(std::input_iterator<queue::Queue<std::unique_ptr<int>>::Iterator>);
  for (auto& item : q | std::views::take(50)) EXPECT_EQ(*item, next++);
  for (auto& item : q) EXPECT_EQ(*item, next++);
  EXPECT_EQ(next, 300);
}

// What a comparison throws comes out of the loop that asks, and the next one goes on.
TEST(QueueItemsTest, AThrowLeavesALoopWhereItWas) {
  using Item = Grenade<false>;
  queue::PriorityQueue<Item> q;
  for (int i = 0; i < 4; ++i) q.put(Item(i));
  q.shutdown();
  auto next = q.begin();
  EXPECT_EQ(next->value, 0);
  ++next;
  Item::fuse = 1;
  EXPECT_THROW(static_cast<void>(next == q.end()), std::logic_error);
  EXPECT_TRUE(next == q.end());
  ++next;
  EXPECT_EQ(next->value, 1);
  EXPECT_EQ(q.qsize(), 2u);
}

TEST(QueueItemsTest, MayBeOverAligned) {
  struct alignas(128) Wide {
    int value;
  };
  queue::Queue<Wide> q;
  for (int i = 0; i < 100; ++i) q.put(Wide{i});
  for (int i = 0; i < 100; ++i) {
    Wide wide = q.get();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&wide) % 128, 0u);
    EXPECT_EQ(wide.value, i);
  }
}

TEST(QueueItemsTest, MayBeLarge) {
  struct Page {
    std::vector<int> numbers;
    char bytes[5000];
  };
  queue::Queue<Page> q(20);
  for (int i = 0; i < 20; ++i) q.put(Page{{i}, {}});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(q.get().numbers.at(0), i);
}

TEST(QueueItemsTest, ComeFromAnyRange) {
  queue::Queue<std::string> q;
  std::list<const char*> words{"a", "b"};
  EXPECT_EQ(q.put_many(words), 2u);
  EXPECT_EQ(q.put_many(std::views::iota(1, 4) | std::views::transform([](int n) { return std::to_string(n); })), 3u);
  EXPECT_EQ(q.get_many(9), (std::vector<std::string>{"a", "b", "1", "2", "3"}));
}

// What a range's elements throw reaches the caller; those before it stay.
TEST(QueueItemsTest, ARangeMayThrow) {
  queue::Queue<int> q;
  auto until_500 = std::views::iota(0) | std::views::transform([](int n) {
                     if (n == 500) throw std::out_of_range("500");
                     return n;
                   });
  EXPECT_THROW(q.put_many(until_500), std::out_of_range);
  std::vector<int> there = q.get_many(1000, 0);
  EXPECT_LE(there.size(), 500u);
  for (std::size_t i = 0; i < there.size(); ++i) EXPECT_EQ(there[i], static_cast<int>(i));
}

// A comparison that throws while get_many() looks for more costs nothing: what
// was taken is handed over, the rest is still there.
TEST(PriorityQueueTest, ThrowingComparisonDoesNotLoseWhatGetManyTook) {
  auto check = [](auto item) {
    using Item = decltype(item);
    for (int fuse = 1; fuse < 30; ++fuse) {
      queue::PriorityQueue<Item> q;
      for (int i = 0; i < 8; ++i) q.put(Item(i));
      std::size_t got = 0;
      Item::comparisons_only = true;
      Item::fuse = fuse;
      try {
        got = q.get_many(8).size();
      } catch (const std::logic_error&) {
      }
      Item::fuse = 0;
      Item::comparisons_only = false;
      EXPECT_EQ(got + q.qsize(), 8u) << fuse;
    }
  };
  check(Grenade<false>(0));
  check(Grenade<true>(0));
}

// Items that were dropped before the comparison threw are done, the others are
// dropped by the next call.
TEST(PriorityQueueTest, ThrowingComparisonDoesNotOweWhatShutdownDropped) {
  using Item = Grenade<false>;
  queue::PriorityQueue<Item> q;
  for (int i = 0; i < 8; ++i) q.put(Item(i));
  Item::comparisons_only = true;
  Item::fuse = 6;
  EXPECT_THROW(q.shutdown({.immediate = true}), std::logic_error);
  Item::fuse = 0;
  Item::comparisons_only = false;
  EXPECT_LT(q.qsize(), 8u);
  EXPECT_EQ(q.unfinished_tasks(), q.qsize());
  q.shutdown({.immediate = true});
  EXPECT_TRUE(q.join(5));
}

TEST(QueueItemsTest, PutManyMovesWhatIsHandedOver) {
  queue::Queue<std::unique_ptr<int>> q;
  std::vector<std::unique_ptr<int>> boxes;
  for (int i : {1, 2, 3}) boxes.push_back(std::make_unique<int>(i));
  EXPECT_EQ(q.put_many(std::move(boxes)), 3u);
  EXPECT_EQ(*q.get(), 1);
  queue::Queue<std::string> names;
  std::vector<std::string> kept{"as long a name as does not lie in a string itself"};
  names.put_many(kept);
  EXPECT_EQ(names.get(), kept[0]);
}

// Those before the one whose comparison throws stay, and whoever waits gets them.
TEST(PriorityQueueTest, ThrowingComparisonDoesNotSwallowPutManysWake) {
  using Item = Grenade<false>;
  queue::PriorityQueue<Item> q;
  std::atomic<int> got{-1};
  Bunch<OsThreads> taker(1, [&] { got = q.get().value; });
  ASSERT_TRUE(wait_until([&] { return waiters(&q) == 1; }));
  std::vector<Item> items;
  items.reserve(2);
  items.emplace_back(1);
  items.emplace_back(2);
  Item::comparisons_only = true;
  Item::fuse = 1;
  EXPECT_THROW(q.put_many(items), std::logic_error);
  Item::fuse = 0;
  Item::comparisons_only = false;
  EXPECT_TRUE(taker.wait_for_finished(2));
  q.try_put(Item(3));
  EXPECT_TRUE(taker.wait_for_finished());
  EXPECT_EQ(got, 1);
}

// Whoever waits for its turn to change the queue goes on waiting.
TEST(PriorityQueueTest, AnInterruptDoesNotLetTwoInAtOnce) {
  struct Slow {
    int value;
    std::atomic<int>* comparing;
    std::atomic<bool>* go;
    bool operator<(const Slow& other) const {
      ++*comparing;
      while (!*go) ::sched_yield();
      --*comparing;
      return value < other.value;
    }
  };
  std::atomic<int> comparing{0};
  std::atomic<bool> go{true};
  queue::PriorityQueue<Slow> q;
  q.put({1, &comparing, &go});
  go = false;
  Bunch<OsThreads> hands(2, [&](int hand) { q.put({hand + 2, &comparing, &go}); });
  auto waits_for_lock = [] {
    for (const wait::Sight& sight : wait::everybody()) {
      if (sight.kind == "Lock") return wait::find(sight.id);
    }
    return static_cast<wait::Waiter*>(nullptr);
  };
  EXPECT_TRUE(wait_until([&] { return waits_for_lock() != nullptr; }));
  if (wait::Waiter* second = waits_for_lock()) second->interrupt();
  EXPECT_FALSE(wait_until([&] { return comparing == 2; }, 0.02));
  go = true;
  EXPECT_TRUE(hands.wait_for_finished());
  EXPECT_EQ(q.qsize(), 3u);
}

TEST(PriorityQueueTest, TakesAnyOrder) {
  queue::PriorityQueue<int, std::greater<int>> q;
  for (int i : {3, 1, 4, 1, 5, 9, 2, 6}) q.put(i);
  EXPECT_EQ(q.get_many(8), (std::vector<int>{9, 6, 5, 4, 3, 2, 1, 1}));
}

TEST(PriorityQueueTest, TakesAnOrderThatRemembersSomething) {
  const std::map<std::string, int> rank{{"urgent", 0}, {"usual", 1}, {"whenever", 2}};
  auto sooner = [&rank](const std::string& a, const std::string& b) { return rank.at(a) < rank.at(b); };
  queue::PriorityQueue<std::string, decltype(sooner)> q({.maxsize = 3, .name = "jobs"}, sooner);
  for (const char* job : {"whenever", "urgent", "usual"}) q.put(job);
  EXPECT_TRUE(q.full());
  EXPECT_EQ(q.name(), "jobs");
  EXPECT_EQ(q.get_many(3), (std::vector<std::string>{"urgent", "usual", "whenever"}));
}

TEST(PriorityQueueTest, TakesAFunctionsAddress) {
  using Order = bool (*)(const int&, const int&);
  static_assert(!std::is_default_constructible_v<detail::Heap<int, Order>>, "it would call a null pointer");
  queue::PriorityQueue<int, Order> q(2, [](const int& a, const int& b) { return a > b; });
  q.put(1);
  q.put(2);
  EXPECT_FALSE(q.try_put(3));
  EXPECT_EQ(q.get(), 2);
  queue::PriorityQueue<int, Order> named({.name = "numbers"}, [](const int& a, const int& b) { return a > b; });
  EXPECT_EQ(named.name(), "numbers");
}

TEST(PriorityQueueTest, TakesPairs) {
  queue::PriorityQueue<std::pair<int, std::string>> q;
  q.put({2, "later"});
  q.put({1, "sooner"});
  EXPECT_EQ(q.get().second, "sooner");
}

TEST(QueueWaitTest, AStopTokenEndsAWait) {
  queue::Queue<int> q(1);
  std::stop_source stop;
  std::atomic<int> ended{0};
  Bunch<OsThreads> hands(1, [&] { ended += !q.try_get({60, stop.get_token()}); });
  EXPECT_TRUE(wait_until([&] { return waiters(&q) == 1; }));
  stop.request_stop();
  EXPECT_TRUE(hands.wait_for_finished());
  q.put(1);
  EXPECT_THROW(q.put(2, stop.get_token()), queue::Full);
  EXPECT_EQ(ended, 1);
}

TEST(QueueWaitTest, SaysWhatIsWaitedFor) {
  queue::Queue<int> q({.maxsize = 1, .name = "jobs"});
  EXPECT_EQ(q.name(), "jobs");
  EXPECT_EQ(q.maxsize(), 1);
  Bunch<OsThreads> hands(1, [&] { q.get(); });
  EXPECT_TRUE(wait_until([&] { return waiters(&q) == 1; }));
  for (const wait::Sight& sight : wait::everybody()) {
    if (sight.object != &q || sight.kind.empty()) continue;
    EXPECT_EQ(sight.kind, "Queue.get");
    EXPECT_EQ(sight.object_name, "jobs");
  }
  q.put(1);
}

// task_done() and join() meet at every moment.
TEST(QueueWaitTest, JoinSeesTheLastTaskDone) {
  for (int round = 0; round < 300; ++round) {
    queue::Queue<int> q;
    constexpr int Tasks = 6;
    for (int i = 0; i < Tasks; ++i) q.put(i);
    Bunch<OsThreads> workers(2, [&] {
      for (int i = 0; i < Tasks / 2; ++i) {
        q.get();
        q.task_done();
      }
    });
    ASSERT_TRUE(q.join(10));
    EXPECT_THROW(q.task_done(), ValueError);
  }
}

}  // namespace
}  // namespace weft::test
