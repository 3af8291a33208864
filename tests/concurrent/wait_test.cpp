// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's test_wait.py and test_as_completed.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <ranges>

#include "concurrent/support.hpp"
#include "contracts/contract.hpp"
#include "contracts/crews.hpp"
#include "weft/generator.hpp"
#include "weft/threading/event.hpp"

namespace weft::test {
namespace {

using threading::Event;
using Futures = std::vector<Future<int>>;

bool same(Futures a, Futures b) {
  return a.size() == b.size() &&
         std::ranges::all_of(a, [&](const Future<int>& f) { return std::ranges::count(b, f) == 1; });
}

class WaitTests : public ::testing::Test {
 protected:
  Future<int> multiply(int a, int b) {
    return executor.submit([](int x, int y) { return x * y; }, a, b);
  }
  Future<int> wait_for(Event& that) {
    return executor.submit([&that] { return that.wait() ? 1 : 0; });
  }

  Event event, first, second;  // outlive the tasks that wait for them
  ThreadPoolExecutor executor{5};
};

TEST_F(WaitTests, TheSameTwice) {  // test_20369
  Future<int> future = multiply(1, 2);
  auto [done, not_done] = futures::wait(Futures{future, future});
  EXPECT_TRUE(same(done, {future}));
  EXPECT_TRUE(not_done.empty());
}

TEST_F(WaitTests, FuturesInBraces) {
  Future<int> a = multiply(2, 3), b = multiply(4, 5);
  EXPECT_TRUE(same(futures::wait({a, b}, {.return_when = futures::ALL_COMPLETED}).done, {a, b}));
  int sum = 0;
  for (Future<int>& future : futures::as_completed({a, b})) sum += future.result();
  EXPECT_EQ(sum, 26);
  EXPECT_EQ(futures::all({a, b}).result(), (std::vector<int>{6, 20}));
  EXPECT_EQ(futures::any({a}).result(), 6);
}

TEST_F(WaitTests, FuturesWithSomethingMore) {
  struct Named : Future<int> {
    std::string name;
  };
  std::vector<Named> given{{multiply(2, 3), "six"}, {multiply(4, 5), "twenty"}};
  EXPECT_EQ(futures::wait(given).done.at(1).name, "twenty");
  EXPECT_EQ(futures::all(given).result(), (std::vector<int>{6, 20}));
}

// A view that is not const, and a range that is walked once, kept or given up.
TEST_F(WaitTests, AnyRangeOfFutures) {
  Futures given{successful_future(), pending_future(), multiply(2, 3)};
  auto are_done = std::views::filter([](const Future<int>& f) { return f != pending_future(); });
  auto one_by_one = [](Futures all) -> weft::Generator<Future<int>> {
    for (Future<int>& future : all) co_yield future;
  };
  Futures two{given[0], given[2]};
  auto filtered = given | are_done;
  auto generated = one_by_one(two);
  EXPECT_TRUE(same(futures::wait(filtered).done, two));
  EXPECT_TRUE(same(futures::wait(given | are_done).done, two));
  EXPECT_TRUE(same(futures::wait(generated).done, two));
  EXPECT_FALSE(generated);
  EXPECT_TRUE(same(futures::wait(one_by_one(two)).done, two));
  int count = 0;
  for (auto& future : as_completed(filtered)) count += future.done();
  for (auto& future : as_completed(one_by_one(two))) count += future.done();
  EXPECT_EQ(count, 4);
  const std::vector<int> results{given[0].result(), 6};
  EXPECT_EQ(all(filtered).result(), results);
  EXPECT_EQ(all(one_by_one(two)).result(), results);
  EXPECT_EQ(any(filtered).result(), results[0]);
  EXPECT_EQ(any(one_by_one({given[2]})).result(), 6);
  const Futures constant = two;
  EXPECT_EQ(all(constant).result(), results);
  EXPECT_EQ(given.size(), 3u);
  EXPECT_TRUE(given[2].done());
}

TEST_F(WaitTests, FirstCompleted) {
  Future<int> one = multiply(21, 2), two = wait_for(event);
  auto [done, not_done] = futures::wait(Futures{cancelled_future(), one, two}, {.return_when = FIRST_COMPLETED});
  EXPECT_TRUE(same(done, {one}));
  EXPECT_TRUE(same(not_done, {cancelled_future(), two}));
  event.set();
}

TEST_F(WaitTests, FirstCompletedSomeAlreadyCompleted) {
  Future<int> one = wait_for(event), notified = cancelled_and_notified_future(), good = successful_future();
  auto [done, not_done] = futures::wait(Futures{notified, good, one}, {.return_when = FIRST_COMPLETED});
  EXPECT_TRUE(same(done, {notified, good}));
  EXPECT_TRUE(same(not_done, {one}));
  event.set();
}

TEST_F(WaitTests, FirstException) {
  Future<int> one = multiply(2, 21);
  Future<int> two = executor.submit([&]() -> int {
    first.wait();
    throw std::runtime_error("this is an exception");
  });
  Future<int> three = wait_for(second);
  one.add_done_callback([&] { first.set(); });
  auto [done, not_done] = futures::wait(Futures{one, two, three}, {.return_when = FIRST_EXCEPTION});
  EXPECT_TRUE(same(done, {one, two}));
  EXPECT_TRUE(same(not_done, {three}));
  EXPECT_NE(two.exception(), nullptr);
  second.set();
}

TEST_F(WaitTests, FirstExceptionSomeAlreadyComplete) {
  Future<int> one = executor.submit([]() -> int { throw ValueError("division by zero"); }), two = wait_for(event);
  Future<int> good = successful_future(), notified = cancelled_and_notified_future();
  auto [done, not_done] =
      futures::wait(Futures{good, cancelled_future(), notified, one, two}, {.return_when = FIRST_EXCEPTION});
  EXPECT_TRUE(same(done, {good, notified, one}));
  EXPECT_TRUE(same(not_done, {cancelled_future(), two}));
  EXPECT_NE(one.exception(), nullptr);
  event.set();
}

TEST_F(WaitTests, FirstExceptionOneAlreadyFailed) {
  Future<int> one = wait_for(event), bad = exception_future();
  auto [done, not_done] = futures::wait(Futures{bad, one}, {.return_when = FIRST_EXCEPTION});
  EXPECT_TRUE(same(done, {bad}));
  EXPECT_TRUE(same(not_done, {one}));
  event.set();
}

TEST_F(WaitTests, AllCompleted) {
  Future<int> one = executor.submit([]() -> int { throw ValueError("division by zero"); }), two = multiply(2, 21);
  Futures given{successful_future(), cancelled_and_notified_future(), exception_future(), one, two};
  auto [done, not_done] = futures::wait(given, {.return_when = ALL_COMPLETED});
  EXPECT_TRUE(same(done, given));
  EXPECT_TRUE(not_done.empty());
  EXPECT_NE(one.exception(), nullptr);
}

TEST_F(WaitTests, Timeout) {
  Future<int> future = wait_for(event);
  Futures others{cancelled_and_notified_future(), exception_future(), successful_future()};
  Futures given = others;
  given.push_back(future);
  auto [done, not_done] = futures::wait(given, {.timeout = 0.05});
  EXPECT_TRUE(same(done, others));
  EXPECT_TRUE(same(not_done, {future}));
  event.set();
}

TEST_F(WaitTests, PendingCallsRace) {
  for (int round = 0; round < rounds(50, 5000); ++round) {
    event.clear();
    Futures all;
    for (int i = 0; i < 100; ++i) all.push_back(wait_for(event));
    event.set();
    EXPECT_EQ(futures::wait(all).done.size(), 100u);
  }
}

TEST_F(WaitTests, CancelledTasksCountAtOnce) {
  Futures busy;
  for (int i = 0; i < 5; ++i) busy.push_back(wait_for(event));
  Future<int> queued = multiply(1, 1);
  ASSERT_TRUE(queued.cancel());
  EXPECT_EQ(futures::wait(Futures{queued}, {.timeout = 3600}).done.size(), 1u);
  event.set();
}

class AsCompletedTests : public WaitTests {};

TEST_F(AsCompletedTests, NoTimeout) {
  Futures given{cancelled_and_notified_future(), exception_future(), successful_future(), multiply(2, 21),
                multiply(7, 6)};
  Futures completed;
  for (Future<int>& future : as_completed(given)) completed.push_back(future);
  EXPECT_TRUE(same(completed, given));
}

TEST_F(AsCompletedTests, FutureTimesOut) {
  Futures already{cancelled_and_notified_future(), exception_future(), successful_future()};
  for (double timeout : {0.0, 0.05}) {
    Futures given = already, completed;
    given.push_back(wait_for(event));
    EXPECT_TRUE(throws<TimeoutError>(
        [&] {
          for (Future<int>& future : as_completed(given, timeout)) completed.push_back(future);
        },
        "1 (of 4) futures unfinished"));
    EXPECT_TRUE(same(completed, already));
  }
  event.set();
}

TEST_F(AsCompletedTests, DuplicateFutures) {
  Future<int> future = multiply(1, 1);
  int count = 0;
  for ([[maybe_unused]] Future<int>& f : as_completed(Futures{future, future, future})) ++count;
  EXPECT_EQ(count, 1);
}

// What was handed out is not kept.
TEST_F(AsCompletedTests, FreeReferenceYieldedFuture) {
  std::vector<Promise<std::shared_ptr<int>>> promises(8);
  std::vector<Future<std::shared_ptr<int>>> futures;
  std::weak_ptr<int> seen;
  for (auto& promise : promises) futures.push_back(promise.future());
  auto completed = as_completed(futures);
  futures.clear();
  for (auto& promise : promises) {
    promise.set_result(std::make_shared<int>(1));
    promise = {};
  }
  for (auto& future : completed) {
    EXPECT_TRUE(seen.expired());
    seen = future.result();
  }
  EXPECT_TRUE(seen.expired());
}

TEST_F(AsCompletedTests, CorrectTimeoutExceptionMsg) {
  Futures given{cancelled_and_notified_future(), pending_future(), running_future(), successful_future()};
  EXPECT_TRUE(throws<TimeoutError>(
      [&] {
        for ([[maybe_unused]] auto& future : as_completed(given, 0)) {
        }
      },
      "2 (of 4) futures unfinished"));
}

TEST_F(AsCompletedTests, InTheOrderInWhichTheyAreDone) {
  std::vector<Promise<int>> promises(3);
  Futures futures;
  for (auto& promise : promises) futures.push_back(promise.future());
  auto completed = as_completed(futures);
  std::vector<int> order;
  for (int i : {2, 0, 1}) promises[static_cast<std::size_t>(i)].set_result(i);
  for (auto& future : completed) order.push_back(future.result());
  EXPECT_EQ(order, (std::vector<int>{2, 0, 1}));
}

TEST_F(AsCompletedTests, LeftEarly) {
  std::vector<Promise<int>> promises(3);
  Futures futures;
  for (auto& promise : promises) futures.push_back(promise.future());
  promises[1].set_result(1);
  for ([[maybe_unused]] auto& future : as_completed(futures)) break;
  for (auto& i : {0, 2}) promises[static_cast<std::size_t>(i)].set_result(i);  // tell nobody
}

// It does not wait for one that nobody has asked for.
TEST_F(AsCompletedTests, WaitsForNoMoreThanItIsAskedFor) {
  static_assert(std::input_iterator<AsCompleted<Future<int>>::Iterator>);
  std::vector<Promise<int>> promises(3);
  Futures futures;
  for (auto& promise : promises) futures.push_back(promise.future());
  auto completed = as_completed(futures);
  static_cast<void>(completed.begin());  // nobody looks
  for (std::size_t i : {1, 0}) promises[i].set_result(static_cast<int>(i));
  std::vector<int> order;
  for (auto& future : completed | std::views::take(2)) order.push_back(future.result());
  EXPECT_EQ(order, (std::vector<int>{1, 0}));
  promises[2].set_result(2);
  auto moved = std::move(completed);
  for (auto& future : moved) order.push_back(future.result());
  EXPECT_EQ(order, (std::vector<int>{1, 0, 2}));
}

TEST_F(AsCompletedTests, ATimeoutLeavesALoopWhereItWas) {
  std::vector<Promise<int>> promises(1);
  auto completed = as_completed(Futures{promises[0].future()}, 0);
  auto next = completed.begin();
  EXPECT_THROW(static_cast<void>(next == completed.end()), TimeoutError);
  EXPECT_TRUE(next == completed.end());
  promises[0].set_result(1);
  ++next;
  EXPECT_EQ(next->result(), 1);
}

TEST_F(AsCompletedTests, AnotherInItsPlace) {
  std::vector<Promise<int>> promises(2);
  Futures futures;
  for (auto& promise : promises) futures.push_back(promise.future());
  auto completed = as_completed(std::exchange(futures, {}));
  promises[0].set_result(0);
  completed = as_completed(Futures{promises[1].future()});
  promises[1].set_result(1);
  EXPECT_EQ(completed.begin()->result(), 1);
}

}  // namespace
}  // namespace weft::test
