// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The cases of CPython's _test_multiprocessing.py that are about pools, on
// ThreadPool, and what weft promises beyond them.
#include "weft/multiprocessing/pool.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <numeric>
#include <ranges>
#include <span>

#include "concurrent/support.hpp"
#include "contracts/contract.hpp"
#include "support/child.hpp"
#include "support/one_cpu.hpp"
#include "support/support.hpp"
#include "threading/workers.hpp"
#include "weft/cpu_count.hpp"
#include "weft/gevent.hpp"
#include "weft/multiprocessing.hpp"
#include "weft/queue.hpp"
#include "weft/threading.hpp"

namespace {

// A span of one's own, which says that it refers to items and no more.
struct Part {
  std::vector<std::string>& of;
  auto begin() const { return of.begin(); }
  auto end() const { return of.end(); }
};

}  // namespace

template <>
inline constexpr bool std::ranges::enable_borrowed_range<Part> = true;

namespace weft::test {
namespace {

using multiprocessing::AsyncResult, multiprocessing::ThreadPool;
using threading::Event;

int square(int x) { return static_cast<int>(static_cast<unsigned>(x) * static_cast<unsigned>(x)); }  // may wrap
int multiply(int x, int y) { return x * y; }

std::vector<int> upto(int n) {
  std::vector<int> numbers(static_cast<std::size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

std::vector<int> squares(int n) {
  std::vector<int> all = upto(n);
  for (int& x : all) x = square(x);
  return all;
}

class PoolTests : public ::testing::Test {
 protected:
  Event event;
  ThreadPool pool{4};
};

TEST_F(PoolTests, Apply) {
  EXPECT_EQ(pool.apply(square, 5), 25);
  EXPECT_EQ(pool.apply([] { return std::make_unique<int>(3); }) != nullptr, true);
  pool.apply([] {});
}

TEST_F(PoolTests, Map) {
  EXPECT_EQ(pool.map(square, upto(10)), squares(10));
  EXPECT_EQ(pool.map(square, upto(100), {.chunksize = 20}), squares(100));
  EXPECT_EQ(pool.map(square, upto(100'000)), squares(100'000));
}

TEST_F(PoolTests, MapOfAllKinds) {
  EXPECT_EQ(pool.map(square, std::vector<int>()), std::vector<int>());
  EXPECT_EQ(pool.map(square, std::list<int>{1, 2, 3}), (std::vector<int>{1, 4, 9}));
  EXPECT_EQ(pool.map(square, std::views::iota(0, 10)), squares(10));
  // vector<bool> packs eight results into a byte, which several workers would write at once.
  std::vector<bool> odd = pool.map([](int x) { return x % 2 == 1; }, upto(10'000));
  for (std::size_t i = 0; i < odd.size(); ++i) ASSERT_EQ(odd[i], i % 2 == 1);
  struct NoDefault {
    explicit NoDefault(int v) : value(v) {}
    int value;
  };
  EXPECT_EQ(pool.map([](int x) { return NoDefault(x); }, upto(10))[7].value, 7);
  EXPECT_EQ(*pool.map([](int x) { return std::make_unique<int>(x); }, upto(10))[7], 7);
  std::atomic<int> sum{0};
  pool.map([&](int x) { sum += x; }, upto(10));
  EXPECT_EQ(sum, 45);
  std::vector<int> changed = upto(10);
  pool.map([](int& x) { x *= x; }, changed);
  EXPECT_EQ(changed, squares(10));
}

// Every item is called for; the first failure, in order, is what comes of it.
TEST_F(PoolTests, MapException) {
  std::atomic<int> calls{0};
  auto fails = [&](int x) {
    ++calls;
    if (x % 10 == 3) throw ValueError(std::to_string(x));
  };
  EXPECT_TRUE(throws<ValueError>([&] { pool.map(fails, upto(1000)); }, "3"));
  EXPECT_EQ(calls, 1000);
}

TEST_F(PoolTests, Starmap) {
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < 100; ++i) pairs.emplace_back(i, i);
  EXPECT_EQ(pool.starmap(multiply, pairs), squares(100));
  EXPECT_EQ(pool.starmap(multiply, pairs, {.chunksize = 20}), squares(100));
  EXPECT_EQ(pool.starmap_async(multiply, pairs).get(), squares(100));
}

TEST_F(PoolTests, MapAsync) {
  EXPECT_EQ(pool.map_async(square, upto(10)).get(), squares(10));
  EXPECT_TRUE(pool.map_async(square, std::vector<int>()).get().empty());  // test_empty_iterable
}

// A handle that is given up gives the result itself.
TEST_F(PoolTests, ResultOfATemporary) {
  int sum = 0;
  for (int x : pool.map_async(square, upto(10)).get()) sum += x;
  EXPECT_EQ(sum, 285);
  auto box = pool.apply_async([] { return std::make_unique<int>(3); }).get();
  EXPECT_EQ(*box, 3);
  auto kept = pool.apply_async([] { return std::string(100, 'x'); });
  EXPECT_EQ(decltype(kept)(kept).get(), kept.get());
}

TEST_F(PoolTests, MapAsyncCallbacks) {
  std::vector<int> got;
  Event called, told;
  pool.map_async(square, upto(3), {}, {.callback = [&](const std::vector<int>& all) {
                   got = all;
                   called.set();
                 }});
  ASSERT_TRUE(called.wait(10));
  EXPECT_EQ(got, squares(3));
  auto fails = [](int x) {
    if (x == 2) throw ValueError("two");
    return x;
  };
  pool.map_async(fails, upto(3), {}, {.error_callback = [&](std::exception_ptr e) {
                   EXPECT_TRUE(throws<ValueError>([&] { std::rethrow_exception(e); }, "two"));
                   told.set();
                 }});
  EXPECT_TRUE(told.wait(10));
}

// As in Python: who has got the result finds done what the callback does.
TEST_F(PoolTests, CallbacksComeBeforeTheResult) {
  Event go;
  AsyncResult<int> result = pool.apply_async(square, std::tuple(3), {.callback = [&](int) { go.wait(); }});
  ASSERT_TRUE(wait_until([&] { return waiters(&go) == 1; }));
  EXPECT_FALSE(result.ready());
  EXPECT_THROW(result.get(0.01), multiprocessing::TimeoutError);
  go.set();
  EXPECT_EQ(result.get(), 9);
  bool seen = false;
  AsyncResult<int> fails = pool.apply_async([]() -> int { throw ValueError("oh"); }, std::tuple(),
                                            {.error_callback = [&](std::exception_ptr) { seen = true; }});
  EXPECT_FALSE(wait_until([&] { return fails.ready(); }) && fails.successful());
  EXPECT_TRUE(seen);
}

// In Python it waits for ever.
TEST_F(PoolTests, ACallbackMayAskForItsOwnResult) {
  Event known;
  std::optional<AsyncResult<int>> result;
  int got = 0;
  result.emplace(pool.apply_async(square, std::tuple(3), {.callback = [&](int) {
                                    known.wait();
                                    got = result->get();
                                  }}));
  known.set();
  EXPECT_EQ(result->get(), 9);
  EXPECT_EQ(got, 9);
}

TEST_F(PoolTests, StarmapAsyncCallbacks) {
  Event told;
  std::vector<std::pair<int, int>> pairs{{2, 3}};
  pool.starmap_async(multiply, pairs, {}, {.callback = [&](const std::vector<int>& all) {
                       EXPECT_EQ(all, std::vector<int>{6});
                       told.set();
                     }});
  EXPECT_TRUE(told.wait(10));
}

// A map over nothing is ended by one, though several come to it.
TEST_F(PoolTests, MapOverNothingInATask) {
  std::atomic<bool> gone{false};
  pool.apply([&] {
    Event going, left;
    std::shared_ptr<void> slow(nullptr, [&](void*) {
      going.set();
      left.wait(0.05);
      gone = true;
    });
    auto nothing = pool.map_async([slow = std::move(slow)](int x) { return x; }, std::vector<int>());
    going.wait();
    EXPECT_TRUE(nothing.get().empty());
    EXPECT_TRUE(gone) << "it is done before its callable is gone";
    left.set();
  });
}

TEST_F(PoolTests, Async) {
  AsyncResult<int> result = pool.apply_async(square, 7);
  EXPECT_EQ(result.get(), 49);
  EXPECT_TRUE(result.ready());
  EXPECT_TRUE(result.successful());
  EXPECT_TRUE(result.wait(0));
}

TEST_F(PoolTests, AsyncTimeout) {
  AsyncResult<bool> result = pool.apply_async([&] { return event.wait(); });
  EXPECT_THROW(result.get(0.01), multiprocessing::TimeoutError);
  EXPECT_FALSE(result.wait(0));
  EXPECT_FALSE(result.ready());
  EXPECT_TRUE(throws<ValueError>([&] { result.successful(); }, "the AsyncResult is not ready"));
  event.set();
  EXPECT_TRUE(result.get());
}

TEST_F(PoolTests, AsyncFails) {
  AsyncResult<int> result = pool.apply_async([]() -> int { throw ValueError("oh"); });
  EXPECT_TRUE(throws<ValueError>([&] { result.get(); }, "oh"));
  EXPECT_FALSE(result.successful());
  Event told;
  pool.apply_async(square, std::tuple(3), {.callback = [&](int nine) {
                     EXPECT_EQ(nine, 9);
                     told.set();
                   }});
  EXPECT_TRUE(told.wait(10));
}

// What is handed over is moved: into f, or into the pool first.
TEST_F(PoolTests, MapOfItemsThatCanOnlyBeMoved) {
  using Box = std::unique_ptr<int>;
  auto boxes = [](auto list) {
    for (int i = 0; i < 10; ++i) list.push_back(std::make_unique<int>(i));
    return list;
  };
  auto open = [](Box box) { return square(*box); };
  EXPECT_EQ(pool.map(open, boxes(std::vector<Box>())), squares(10));
  EXPECT_EQ(pool.map(open, boxes(std::list<Box>())), squares(10));
  EXPECT_EQ(pool.map_async(open, boxes(std::vector<Box>())).get(), squares(10));
  EXPECT_EQ(pool.map_async(open, boxes(std::list<Box>())).get(), squares(10));
  auto given = boxes(std::vector<Box>());
  EXPECT_EQ(pool.map([](const Box& box) { return square(*box); }, given), squares(10));
  EXPECT_EQ(*given[3], 3);
  EXPECT_EQ(pool.map(open, std::ranges::subrange(std::move_iterator(given.begin()), std::move_iterator(given.end()))),
            squares(10));
  EXPECT_EQ(given[3], nullptr);

  std::vector<std::tuple<Box, int>> pairs;
  for (int i = 0; i < 10; ++i) pairs.emplace_back(std::make_unique<int>(i), i);
  auto multiply_box = [](Box box, int y) { return *box * y; };
  EXPECT_EQ(pool.starmap(multiply_box, std::move(pairs)), squares(10));
  pairs.clear();
  for (int i = 0; i < 10; ++i) pairs.emplace_back(std::make_unique<int>(i), i);
  EXPECT_EQ(pool.starmap_async(multiply_box, std::move(pairs)).get(), squares(10));
}

// An f that wants an lvalue gets one, of items that are handed over as of others.
TEST_F(PoolTests, MapWithAnFThatChangesItsItems) {
  auto change = [](int& x) { return x = square(x); };
  auto change_all = [](auto& x) { return x = square(x); };
  auto change_first = [](int& x, int y) { return x *= y; };
  std::vector<int> numbers = upto(10);
  EXPECT_EQ(pool.map(change, upto(10)), squares(10));
  EXPECT_EQ(pool.map(change_all, upto(10)), squares(10));
  EXPECT_EQ(pool.map(change, std::list<int>{0, 1, 2}), squares(3));
  EXPECT_EQ(pool.map_async(change, upto(10)).get(), squares(10));
  EXPECT_EQ(pool.map_async(change, numbers).get(), squares(10));
  EXPECT_EQ(numbers, upto(10));
  EXPECT_EQ(pool.map(change, numbers), squares(10));
  EXPECT_EQ(numbers, squares(10));
  EXPECT_EQ(pool.starmap(change_first, std::vector<std::pair<int, int>>{{0, 0}, {1, 1}, {2, 2}}), squares(3));
}

// Items of a view, or of an lvalue, stay as they are.
TEST_F(PoolTests, MapLeavesWhatIsNotHandedOver) {
  std::vector<std::string> words(3, "as long a word as does not lie in a string itself");
  const std::vector<std::string> before = words;
  auto length = [](std::string word) { return word.size(); };
  const std::vector<std::size_t> lengths(3, words[0].size());
  EXPECT_EQ(pool.map(length, words), lengths);
  EXPECT_EQ(pool.map(length, std::span(words)), lengths);
  EXPECT_EQ(pool.map_async(length, words).get(), lengths);
  EXPECT_EQ(pool.map_async(length, std::span(words)).get(), lengths);
  EXPECT_EQ(pool.map_async(length, words | std::views::filter([](auto&) { return true; })).get(), lengths);
  EXPECT_EQ(pool.map(length, Part{words}), lengths);
  EXPECT_EQ(pool.map_async(length, Part{words}).get(), lengths);
  EXPECT_EQ(words, before);
}

TEST_F(PoolTests, Imap) {
  std::vector<int> got;
  for (int x : pool.imap(square, upto(10))) got.push_back(x);
  EXPECT_EQ(got, squares(10));
  auto it = pool.imap(square, upto(1000), {.chunksize = 100});
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(it.next(), i * i);
  EXPECT_EQ(it.next(), std::nullopt);
  EXPECT_EQ(it.next(), std::nullopt);
}

TEST_F(PoolTests, ImapTakesNoMoreThanItIsAskedFor) {
  auto it = pool.imap(square, upto(5));
  static_assert(std::input_iterator<decltype(it.begin())>);
  auto unasked = it.begin();
  std::vector<int> got;
  for (int x : it | std::views::take(2)) got.push_back(x);
  got.push_back(*it.next());
  for (int x : it) got.push_back(x);
  EXPECT_EQ(got, squares(5));
  EXPECT_TRUE(unasked == it.end());
}

TEST_F(PoolTests, ImapUnordered) {
  for (std::size_t chunk : {1, 7, 100}) {
    std::vector<int> got;
    for (int x : pool.imap_unordered(square, upto(1000), {.chunksize = chunk})) got.push_back(x);
    std::ranges::sort(got);
    EXPECT_EQ(got, squares(1000));
  }
}

// An item that throws throws in its place, and the others come after it.
TEST_F(PoolTests, ImapException) {
  for (bool ordered : {true, false}) {
    auto fails = [](int x) {
      if (x == 3) throw ValueError("three");
      return x;
    };
    int sum = 0, failures = 0;
    auto take = [&](auto it) {
      for (;;) {
        try {
          std::optional<int> x = it.next();
          if (!x) return;
          sum += *x;
        } catch (const ValueError&) {
          ++failures;
        }
      }
    };
    ordered ? take(pool.imap(fails, upto(10))) : take(pool.imap_unordered(fails, upto(10)));
    EXPECT_EQ(sum, 42);
    EXPECT_EQ(failures, 1);
  }
}

// test_imap_handle_iterable_exception
TEST_F(PoolTests, ImapOfItemsThatThrow) {
  auto items = std::views::iota(0) | std::views::transform([](int i) {
                 if (i == 5) throw ValueError("five");
                 return i;
               });
  auto it = pool.imap(square, items);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(it.next(), i * i);
  EXPECT_THROW(it.next(), ValueError);
}

TEST_F(PoolTests, ImapTimeout) {
  auto it = pool.imap([&](int) { return event.wait(); }, upto(1));
  EXPECT_THROW(it.next(0.01), multiprocessing::TimeoutError);
  event.set();
  EXPECT_EQ(it.next(), true);
}

// What is in flight comes, and what was not read before close() is told of as the pool tells it.
TEST_F(PoolTests, ImapAfterClose) {
  auto waits = [&](int x) {
    event.wait();
    return x;
  };
  auto it = pool.imap(waits, upto(100), {.buffersize = 4});
  pool.close();
  event.set();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(it.next(), i);
  EXPECT_TRUE(throws<ValueError>([&] { it.next(); }, "Pool not running"));
  EXPECT_EQ(it.next(), std::nullopt);
}

// With one task in flight an item may depend on the result before it.
TEST_F(PoolTests, ImapOfItemsMadeOfResults) {
  queue::Queue<int> items;
  items.put(2);
  auto it = pool.imap(square, items, {.buffersize = 1});
  EXPECT_EQ(it.next(), 4);
  items.put(4);
  EXPECT_EQ(it.next(), 16);
  items.shutdown();
  EXPECT_EQ(it.next(), std::nullopt);
}

// It does not wait until all places in flight are taken: no further than to the first result.
TEST(ThreadPoolTest, ImapOfItemsThatAreLongInComing) {
  ThreadPool one(1);
  Event second_begun;
  int read = 0;
  auto slow = std::views::iota(0) | std::views::transform([&](int i) {
                if (++read > 2) second_begun.wait();  // so the first is done
                return i;
              });
  auto it = one.imap(
      [&](int i) {
        if (i == 1) second_begun.set();
        return i;
      },
      slow);
  EXPECT_LE(read, 3);
  EXPECT_EQ(it.next(), 0);
}

// The rest of its chunk is called all the same.
TEST_F(PoolTests, ImapOfChunksWithItemsThatThrow) {
  auto fails = [](int x) {
    if (x == 1) throw ValueError("one");
    return x;
  };
  auto it = pool.imap(fails, upto(5), {.chunksize = 3});
  EXPECT_EQ(it.next(), 0);
  EXPECT_TRUE(throws<ValueError>([&] { it.next(); }, "one"));
  for (int i = 2; i < 5; ++i) EXPECT_EQ(it.next(), i);
  EXPECT_EQ(it.next(), std::nullopt);
}

TEST_F(PoolTests, AllInOneChunk) {
  const std::size_t most = ~std::size_t{0};
  EXPECT_EQ(pool.map(square, upto(9), {.chunksize = most}), squares(9));
  std::vector<int> got;
  for (int x : pool.imap(square, upto(9), {.chunksize = most, .buffersize = most})) got.push_back(x);
  EXPECT_EQ(got, squares(9));
}

// What std::invoke calls, and items of any kind.
TEST_F(PoolTests, MembersAndItemsOfAnyKind) {
  std::vector<std::string> words = {"a", "bcd"};
  const std::vector<std::size_t> sizes = {1, 3};
  EXPECT_EQ(pool.map(&std::string::size, words), sizes);
  std::vector<std::size_t> lazily;
  for (std::size_t size : pool.imap(&std::string::size, words)) lazily.push_back(size);
  EXPECT_EQ(lazily, sizes);
  int set = 0;
  for (bool bit : pool.imap([](bool b) { return b; }, std::vector<bool>{true, false, true}, {.chunksize = 2}))
    set += bit;
  EXPECT_EQ(set, 2);
  std::vector<std::unique_ptr<int>> boxes;
  for (int i : {1, 2}) boxes.push_back(std::make_unique<int>(i));
  int sum = 0;
  for (int x : pool.imap([](std::unique_ptr<int> box) { return *box; }, std::move(boxes))) sum += x;
  EXPECT_EQ(sum, 3);
  auto made = pool.apply_async([] {
                    std::vector<std::unique_ptr<int>> all;
                    all.push_back(std::make_unique<int>(5));
                    return all;
                  })
                  .get();
  EXPECT_EQ(*made.at(0), 5);
}

TEST_F(PoolTests, ItemsInBraces) {
  const std::vector<int> squared = {1, 4, 9};
  EXPECT_EQ(pool.map(square, {1, 2, 3}), squared);
  EXPECT_EQ(pool.map([](int& x) { return x *= x; }, {1, 2, 3}), squared);
  EXPECT_EQ(pool.map(square, {1, 2, 3}, {.chunksize = 2}), squared);
  EXPECT_EQ(pool.map_async(square, {1, 2, 3}).get(), squared);
  const auto product = [](int a, int b) { return a * b; };
  EXPECT_EQ(pool.starmap(product, {std::tuple(1, 1), std::tuple(2, 2), std::tuple(1, 9)}), squared);
  EXPECT_EQ(pool.starmap_async(product, {std::pair(1, 1), std::pair(2, 2), std::pair(1, 9)}).get(), squared);
  std::vector<int> lazily;
  for (int x : pool.imap(square, {1, 2, 3}, {.buffersize = 1})) lazily.push_back(x);
  EXPECT_EQ(lazily, squared);
  int sum = 0;
  for (int x : pool.imap_unordered(square, {1, 2, 3})) sum += x;
  EXPECT_EQ(sum, 14);
}

TEST_F(PoolTests, ResultsThatCannotBeAssigned) {
  struct Row {
    const int number = 0;
  };
  auto make = [](int x) { return Row{x}; };
  EXPECT_EQ(pool.map(make, {4, 5}).at(1).number, 5);
  int sum = 0;
  for (const Row& row : pool.imap(make, {4, 5})) sum += row.number;
  EXPECT_EQ(sum, 9);
}

TEST_F(PoolTests, ImapOfEndlessItems) {
  auto it = pool.imap_unordered([](int x) { return x; }, std::views::iota(0), {.buffersize = 8});
  for (int i = 0; i < 2000; ++i) ASSERT_LE(it.next().value(), i + 8);
}

TEST_F(PoolTests, ImapChunksize) {
  EXPECT_TRUE(throws<ValueError>([&] { static_cast<void>(pool.imap(square, upto(3), {.chunksize = 0})); },
                                 "Chunksize must be 1+, not 0"));
}

TEST(ThreadPoolTest, MakePool) {
  for (int none : {0, -1}) {
    EXPECT_TRUE(throws<ValueError>([&] { ThreadPool pool(none); }, "Number of processes must be at least 1"));
  }
  EXPECT_EQ(ThreadPool().processes(), cpu_count());
  EXPECT_EQ(ThreadPool(3).processes(), 3);
}

TEST_F(PoolTests, Context) {
  {
    ThreadPool inner(2);
    EXPECT_EQ(inner.map(square, upto(10)), squares(10));
  }
  pool.terminate();
  EXPECT_TRUE(throws<ValueError>([&] { pool.map(square, upto(3)); }, "Pool not running"));
  EXPECT_TRUE(throws<ValueError>([&] { static_cast<void>(pool.imap(square, upto(3))); }, "Pool not running"));
  EXPECT_TRUE(throws<ValueError>([&] { pool.apply_async(square, 3); }, "Pool not running"));
}

TEST_F(PoolTests, Join) {
  EXPECT_TRUE(throws<ValueError>([&] { pool.join(); }, "Pool is still running"));
  std::vector<AsyncResult<int>> results;
  for (int i = 0; i < 100; ++i) results.push_back(pool.apply_async(square, i));
  pool.close();
  pool.join();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)].get(0), i * i);
  EXPECT_TRUE(pool.threads().empty());
}

// What has not begun throws; nobody waits for it for ever, as Python's get() would.
TEST_F(PoolTests, Terminate) {
  std::vector<AsyncResult<bool>> results;
  for (int i = 0; i < 20; ++i) results.push_back(pool.apply_async([&] { return event.wait(); }));
  ASSERT_TRUE(wait_until([&] { return waiters(&event) == 4; }));
  pool.terminate();
  int cancelled = 0;
  for (auto& result : results) {
    if (!result.ready()) continue;
    EXPECT_THROW(result.get(), CancelledError);
    ++cancelled;
  }
  EXPECT_EQ(cancelled, 16);
  event.set();
  pool.join();
}

TEST_F(PoolTests, TerminateInAMap) {
  std::atomic<int> calls{0};
  AsyncResult<std::vector<int>> result = pool.map_async(
      [&](int x) {
        ++calls;
        event.wait();
        return x;
      },
      upto(1000), {.chunksize = 1});
  ASSERT_TRUE(wait_until([&] { return calls == 4; }));
  pool.terminate();
  event.set();
  EXPECT_THROW(result.get(), CancelledError);
  EXPECT_LE(calls, 8);
}

// test_release_task_refs: what a map was given and what it made goes with it.
TEST_F(PoolTests, ReleaseTaskRefs) {
  std::vector<std::shared_ptr<int>> objects;
  for (int i = 0; i < 10; ++i) objects.push_back(std::make_shared<int>(i));
  std::weak_ptr<int> seen = objects[3];
  auto result = pool.map_async([](const std::shared_ptr<int>& p) { return *p; }, std::move(objects));
  EXPECT_EQ(result.get().size(), 10u);
  EXPECT_TRUE(wait_until([&] { return seen.expired(); }));
}

TEST(ThreadPoolTest, Initializer) {
  static thread_local int made = 0;
  ThreadPool pool({.processes = 3, .initializer = [] { made = 7; }});
  for (int x : pool.map([](int) { return made; }, upto(100))) ASSERT_EQ(x, 7);
}

TEST(ThreadPoolTest, InitializerFails) {
  Unheard unheard;
  ThreadPool pool({.processes = 2, .initializer = [] { throw ValueError("no"); }});
  EXPECT_THROW(pool.map(square, upto(10)), BrokenThreadPool);
  EXPECT_THROW(pool.map(square, upto(10)), BrokenThreadPool);
  EXPECT_FALSE(unheard.all().empty());
}

// Maps within maps, on one thread and on several.
TEST(ThreadPoolTest, NestedMaps) {
  for (int processes : {1, 2, 4}) {
    ThreadPool pool(processes);
    std::vector<int> sums = pool.map(
        [&](int n) {
          std::vector<int> part = pool.map(square, upto(n));
          for (int x : pool.imap(square, upto(3))) part.push_back(x);
          return std::accumulate(part.begin(), part.end(), 0);
        },
        upto(50));
    for (int n = 0; n < 50; ++n) ASSERT_EQ(sums[static_cast<std::size_t>(n)], (n - 1) * n * (2 * n - 1) / 6 + 5);
  }
}

TEST(ThreadPoolTest, Resize) {
  ThreadPool pool(1);
  pool.resize(4);
  EXPECT_EQ(pool.processes(), 4);
  EXPECT_EQ(pool.map(square, upto(1000)), squares(1000));
  pool.resize(2);
  EXPECT_EQ(pool.map(square, upto(1000)), squares(1000));
}

TEST_F(PoolTests, ProgressCallback) {
  std::vector<ProgressReport> reports;
  pool.map(square, upto(1000),
           {.progress = Progress([&](const ProgressReport& report) { reports.push_back(report); })});
  ASSERT_FALSE(reports.empty());
  const ProgressReport& last = reports.back();
  EXPECT_TRUE(last.ended);
  EXPECT_EQ(last.done, 1000u);
  EXPECT_EQ(last.total, 1000u);
  ASSERT_FALSE(last.workers.empty());
  std::size_t items = 0;
  for (const WorkerTimes& times : last.workers) {
    items += times.items;
    EXPECT_GE(times.start, 0);
    EXPECT_GE(times.wait, 0);
    EXPECT_GE(times.work, 0);
    EXPECT_LE(times.start + times.wait + times.work, last.seconds + 1e-3);
  }
  EXPECT_EQ(items, 1000u);
}

TEST_F(PoolTests, ProgressOfImap) {
  ProgressReport last;
  for ([[maybe_unused]] int x :
       pool.imap(square, upto(100), {.progress = Progress([&](const ProgressReport& report) { last = report; })})) {
  }
  EXPECT_TRUE(last.ended);
  EXPECT_EQ(last.done, 100u);
  EXPECT_EQ(last.total, 100u);
  auto odd = [](int x) { return x % 2 == 1; };
  for ([[maybe_unused]] int x :
       pool.imap(square, upto(100) | std::views::filter(odd),
                 {.progress = Progress([&](const ProgressReport& report) { last = report; })})) {
  }
  EXPECT_EQ(last.done, 50u);
  EXPECT_EQ(last.total, std::nullopt);  // nobody knows before they were read
}

TEST_F(PoolTests, ProgressAsJson) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  pool.map(square, upto(10), {.progress = Progress::json(ends[1])});
  ::close(ends[1]);
  std::string text(4096, 0);
  text.resize(static_cast<std::size_t>(::read(ends[0], text.data(), text.size())));
  ::close(ends[0]);
  EXPECT_NE(text.find("{\"done\": 10, \"total\": 10, \"seconds\": "), text.npos) << text;
  EXPECT_NE(text.find("\"ended\": true, \"workers\": [{\"start\": "), text.npos) << text;
  EXPECT_EQ(text.back(), '\n');
}

TEST_F(PoolTests, ProgressCallbackThatThrows) {
  Unheard unheard;
  EXPECT_EQ(pool.map(square, upto(10), {.progress = Progress([](const ProgressReport&) { throw ValueError("bar"); })}),
            squares(10));
  EXPECT_FALSE(unheard.all().empty());
}

TEST(ThreadPoolTest, ATaskIsTheLastToLetGo) {
  auto pool = std::make_shared<ThreadPool>(1);
  Event go;
  AsyncResult<void> last = pool->apply_async([&go, pool] { go.wait(); });
  ASSERT_TRUE(wait_until([&] { return pool->threads().size() == 1; }));
  std::vector<threading::Thread> threads = pool->threads();
  pool.reset();
  go.set();
  last.wait();
  for (const threading::Thread& thread : threads) thread.join();
}

// Who waits for a call works along in the place of a worker that sleeps: a guest.
class GuestTests : public ::testing::Test {
 protected:
  // Its threads are there, and sleep.
  static void rest(const ThreadPool& pool) {
    ASSERT_TRUE(wait_until([&] {
      std::vector<threading::Thread> threads = pool.threads();
      return threads.size() == static_cast<std::size_t>(pool.processes()) &&
             std::ranges::all_of(threads, [](const auto& thread) { return thread.status().waiting_for == "task"; });
    }));
  }

  // All of them, by tasks that wait for one another.
  static void fill(ThreadPool& pool) {
    threading::Barrier all(pool.processes());
    std::vector<AsyncResult<int>> results;
    for (int i = 0; i < pool.processes(); ++i) results.push_back(pool.apply_async([&] { return all.wait(); }));
    for (auto& result : results) result.get();
    rest(pool);
  }
};

TEST_F(GuestTests, TheCallerRunsWhatItWaitsFor) {
  ThreadPool pool(1);
  fill(pool);
  EXPECT_EQ(pool.apply(threading::get_ident), threading::get_ident());
  rest(pool);
  EXPECT_EQ(pool.map([](int) { return threading::get_ident(); }, upto(1))[0], threading::get_ident());
  rest(pool);
  EXPECT_THROW(pool.apply([] { throw ValueError("no"); }), ValueError);
  rest(pool);
  EXPECT_NE(pool.apply_async(threading::get_ident).get(), threading::get_ident());
}

TEST_F(GuestTests, NotWithAnInitializerAndNotInAGreenThread) {
  ThreadPool initialized({.processes = 1, .initializer = [] {}}), pool(1);
  fill(initialized);
  EXPECT_NE(initialized.apply(threading::get_ident), threading::get_ident());
  fill(pool);
  std::uint64_t seen = 0;
  gevent::spawn([&] { seen = pool.apply(threading::get_ident); }).join();
  EXPECT_NE(seen, 0u);
  EXPECT_NE(seen, threading::get_ident());
}

// Who is up and was on the caller's core needs that: the other one comes, and the caller waits.
TEST_F(GuestTests, NotOnTheCoreOfAWorkerWhoIsUp) {
  ThreadPool pool(2);
  const OnOneCpu with_its_threads;
  fill(pool);
  Event begun, go;
  AsyncResult<bool> up = pool.apply_async([&] {
    begun.set();
    return go.wait(10);
  });
  begun.wait();
  EXPECT_NE(pool.apply(threading::get_ident), threading::get_ident());
  go.set();
  EXPECT_TRUE(up.get());
}

// Whoever works, there are never more at it than the pool has workers.
TEST_F(GuestTests, NoMoreThanThereAreWorkers) {
  for (int processes : {1, 3}) {
    ThreadPool pool(processes);
    std::atomic<int> running{0}, most{0};
    auto task = [&] {
      int now = ++running;
      for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
      }
      ::sched_yield();
      --running;
    };
    fill(pool);
    Bunch<OsThreads> callers(4, [&] {
      for (int i = 0; i < rounds(200, 20'000); ++i) {
        AsyncResult<void> other = pool.apply_async(task);
        pool.apply(task);
        pool.map([&](int) { task(); }, upto(4), {.chunksize = 1});
        other.get();
      }
    });
    callers.join();
    EXPECT_LE(most, processes);
  }
}

// Items that wait for one another are all begun, with the caller in one of the places.
TEST_F(GuestTests, ItemsMayWaitForOneAnother) {
  ThreadPool pool(3);
  fill(pool);
  for (int i = 0; i < 50; ++i) {
    threading::Barrier barrier(3);
    EXPECT_EQ(pool.map([&](int) { return barrier.wait(); }, upto(3), {.chunksize = 1}).size(), 3u);
  }
}

// What a guest leaves behind is done by the others, what it asks for within its task by itself.
TEST_F(GuestTests, UsesThePoolFromWithin) {
  ThreadPool pool(1);
  for (int i = 0; i < 50; ++i) {
    fill(pool);
    AsyncResult<int> left = pool.apply([&] {
      EXPECT_EQ(pool.map(square, upto(100)), squares(100));
      EXPECT_EQ(pool.apply_async(square, 7).get(), 49);
      return pool.apply_async(square, 5);
    });
    EXPECT_EQ(left.get(), 25);
  }
}

// join() means that nothing runs any more, nor will.
TEST_F(GuestTests, JoinWaitsForTheGuest) {
  ThreadPool pool(2);
  fill(pool);
  Event begun, go;
  std::atomic<bool> ended{false};
  Bunch<OsThreads> caller(1, [&] {
    pool.apply([&] {
      begun.set();
      go.wait();
      ended = true;
    });
  });
  begun.wait();
  pool.close();
  Notes results;
  Bunch<OsThreads> joiner(1, [&] {
    pool.join();
    results.add(ended);
  });
  EXPECT_FALSE(wait_until([&] { return joiner.finished() == 1; }, 0.02));
  go.set();
  EXPECT_TRUE(joiner.wait_for_finished());
  EXPECT_EQ(results.values(), (std::vector<int>{true}));
}

// As in the pool's own threads.
TEST_F(GuestTests, JoinFromWithinIsRefused) {
  ThreadPool pool(1);
  fill(pool);
  pool.apply([&] {
    pool.close();
    EXPECT_TRUE(throws<RuntimeError>([&] { pool.join(); }, "cannot join current thread"));
  });
  pool.join();
}

TEST_F(GuestTests, IsTheLastToLetGo) {
  for (int i = 0; i < rounds(100, 10'000); ++i) {
    auto pool = std::make_shared<ThreadPool>(1);
    fill(*pool);
    std::vector<threading::Thread> threads = pool->threads();
    EXPECT_EQ(pool->apply([&] {
      pool.reset();
      return 3;
    }),
              3);
    for (const threading::Thread& thread : threads) thread.join();
  }
}

// Green threads that a task has left on its worker's thread go on there, and use the
// pool as a task does: then that place is not lent.
TEST_F(GuestTests, NotInThePlaceOfOneWithGreenThreads) {
  ThreadPool pool(1);
  fill(pool);
  Event spawned, ended;
  std::atomic<bool> stop{false};
  std::atomic<int> sum{0}, given{0};
  std::vector<AsyncResult<void>> results;
  AsyncResult<std::uint64_t> first = pool.apply_async([&] {
    gevent::spawn([&] {
      spawned.set();
      while (!stop) {
        results.push_back(pool.apply_async([&] { ++sum; }));
        ++given;
        gevent::sleep(0.0001);
      }
      ended.set();
    });
    return threading::get_ident();
  });
  const std::uint64_t worker = first.get();
  ASSERT_TRUE(spawned.wait(10));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(pool.apply(threading::get_ident), worker);
  pool.apply([&] { stop = true; });
  ASSERT_TRUE(ended.wait(10));
  EXPECT_TRUE(wait_until([&] { return sum == given; }));
}

// What was handed over before comes first.
TEST_F(GuestTests, DoesNotOvertake) {
  ThreadPool pool(1);
  for (int i = 0; i < rounds(2'000, 100'000); ++i) {
    Event before;
    AsyncResult<void> first = pool.apply_async([&] { before.set(); });
    EXPECT_TRUE(pool.apply([&] { return before.wait(60); }));
  }
}

TEST_F(GuestTests, ResizeMeanwhile) {
  ThreadPool pool(2);
  fill(pool);
  pool.apply([&] { pool.resize(1); });
  EXPECT_TRUE(wait_until([&] { return pool.threads().size() == 1; }));
  EXPECT_EQ(pool.map(square, upto(1000)), squares(1000));
  pool.apply([&] { pool.resize(3); });
  EXPECT_EQ(pool.map(square, upto(1000)), squares(1000));
}

// A worker that has no thread, and is wanted, is there when a guest leaves whose own place is not.
TEST_F(GuestTests, ResizedMeanwhileEachPlaceThatIsWantedIsThere) {
  for (int i = 0; i < 20; ++i) {  // it is in the last place in one of three
    ThreadPool pool(3);
    fill(pool);
    pool.apply([&] {
      pool.resize(1);
      (void)wait_until([&] { return pool.threads().size() == 2; }, 0.01);  // one, if it is in the first place
      pool.resize(3);
      pool.resize(2);
    });
    threading::Event second;
    AsyncResult<bool> first = pool.apply_async([&] { return second.wait(10); });
    pool.apply_async([&] { second.set(); }).get();
    EXPECT_TRUE(first.get()) << "two at once";
  }
}

// In the child nobody has the place but the guest, and then whoever is hired for it.
TEST_F(GuestTests, ForkMeanwhile) {
  if (patience() > 1) GTEST_SKIP() << "the sanitizers keep locks of their own in the child";
  for (bool uses_it_from_within : {false, true}) {
    auto forks = [=] {
      ThreadPool pool(2);
      fill(pool);
      bool right = true;
      pid_t child = pool.apply([&] {
        pid_t forked = ::fork();
        if (forked == 0) ::alarm(10);
        if (forked == 0 && uses_it_from_within) right = pool.apply_async(square, 4).get() == 16;
        return forked;
      });
      if (child == 0) {
        right = right && pool.apply_async(square, 5).get() == 25 && pool.apply(square, 3) == 9 &&
                pool.map(square, upto(1000)) == squares(1000);
        fill(pool);
        pool.close();
        pool.join();
        ::_exit(right ? 0 : 1);
      }
      int status = -1;
      return ::waitpid(child, &status, 0) == child ? status : -1;
    };
    EXPECT_EQ(in_child(forks, 20), 0) << uses_it_from_within;
  }
}

}  // namespace
}  // namespace weft::test
