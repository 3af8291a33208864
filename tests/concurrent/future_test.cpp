// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// CPython's Lib/test/test_concurrent_futures/test_future.py, and what weft
// promises beyond it.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "concurrent/support.hpp"
#include "contracts/contract.hpp"
#include "contracts/crews.hpp"

namespace weft::test {
namespace {

using Waiting = Bunch<Threads>;

bool waits_for(const AnyFuture& future, int n = 1) {
  return wait_until([&] { return waiters(&future.work()) == n; });
}

TEST(FutureTests, DoneCallbackWithResult) {
  Promise<int> f;
  int result = 0;
  f.future().add_done_callback([&](Future<int> future) { result = future.result(); });
  f.set_result(5);
  EXPECT_EQ(result, 5);
}

TEST(FutureTests, DoneCallbackWithException) {
  Promise<int> f;
  std::exception_ptr exception;
  f.future().add_done_callback([&](Future<int> future) { exception = future.exception(); });
  f.set_exception(std::runtime_error("test"));
  EXPECT_TRUE(throws<std::runtime_error>([&] { std::rethrow_exception(exception); }, "test"));
}

TEST(FutureTests, DoneCallbackWithCancel) {
  Promise<int> f;
  bool cancelled = false;
  f.future().add_done_callback([&](Future<int> future) { cancelled = future.cancelled(); });
  EXPECT_TRUE(f.future().cancel());
  EXPECT_TRUE(cancelled);
}

TEST(FutureTests, DoneCallbackRaises) {
  Unheard unheard;
  Promise<int> f;
  bool was_called = false;
  f.future().add_done_callback([] { throw std::runtime_error("doh!"); });
  f.future().add_done_callback([&] { was_called = true; });
  f.set_result(5);
  EXPECT_TRUE(was_called);
  ASSERT_EQ(unheard.all().size(), 1u);
  EXPECT_TRUE(matches(unheard.all()[0],
                      "exception calling callback for <Future at 0x[0-9a-f]+ "
                      "state=finished returned int>: doh!"))
      << unheard.all()[0];
}

TEST(FutureTests, DoneCallbackAlreadySuccessful) {
  int result = 0;
  successful_future().add_done_callback([&](Future<int> future) { result = future.result(); });
  EXPECT_EQ(result, 42);
}

TEST(FutureTests, DoneCallbackAlreadyFailed) {
  bool failed = false;
  exception_future().add_done_callback([&](Future<int> future) { failed = future.exception() != nullptr; });
  EXPECT_TRUE(failed);
}

TEST(FutureTests, DoneCallbackAlreadyCancelled) {
  bool cancelled = false;
  cancelled_future().add_done_callback([&](Future<int> future) { cancelled = future.cancelled(); });
  EXPECT_TRUE(cancelled);
}

TEST(FutureTests, DoneCallbackRaisesAlreadySucceeded) {
  Unheard unheard;
  successful_future().add_done_callback([] { throw std::runtime_error("doh!"); });
  ASSERT_EQ(unheard.all().size(), 1u);
}

TEST(FutureTests, DoneCallbacksInOrder) {
  Promise<void> f;
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) f.future().add_done_callback([&order, i] { order.push_back(i); });
  f.set_result();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(FutureTests, Repr) {
  auto is = [](const AnyFuture& future, const std::string& end) {
    return matches(future.repr(), "<Future at 0x[0-9a-f]+ state=" + end + ">");
  };
  EXPECT_TRUE(is(pending_future(), "pending"));
  EXPECT_TRUE(is(running_future(), "running"));
  EXPECT_TRUE(is(cancelled_future(), "cancelled"));
  EXPECT_TRUE(is(cancelled_and_notified_future(), "cancelled"));
  EXPECT_TRUE(is(exception_future(), "finished raised std::out_of_range"));
  EXPECT_TRUE(is(successful_future(), "finished returned int"));
}

TEST(FutureTests, Cancel) {
  Promise<int> pending;
  EXPECT_TRUE(pending.future().cancel());
  EXPECT_TRUE(pending.future().cancelled());
  EXPECT_FALSE(running_future().cancel());
  EXPECT_TRUE(running_future().running());
  EXPECT_TRUE(cancelled_future().cancel());
  EXPECT_TRUE(cancelled_and_notified_future().cancel());
  EXPECT_FALSE(exception_future().cancel());
  EXPECT_FALSE(successful_future().cancel());
}

TEST(FutureTests, CancelledDoneRunning) {
  struct {
    Future<int> future;
    bool cancelled, done, running;
  } const all[] = {{pending_future(), false, false, false},  {running_future(), false, false, true},
                   {cancelled_future(), true, true, false},  {cancelled_and_notified_future(), true, true, false},
                   {exception_future(), false, true, false}, {successful_future(), false, true, false}};
  for (const auto& one : all) {
    EXPECT_EQ(one.future.cancelled(), one.cancelled) << one.future.repr();
    EXPECT_EQ(one.future.done(), one.done) << one.future.repr();
    EXPECT_EQ(one.future.running(), one.running) << one.future.repr();
  }
}

TEST(FutureTests, ResultWithTimeout) {
  EXPECT_THROW(pending_future().result(0), TimeoutError);
  EXPECT_THROW(running_future().result(0), TimeoutError);
  EXPECT_THROW(cancelled_future().result(0), CancelledError);
  EXPECT_THROW(cancelled_and_notified_future().result(0), CancelledError);
  EXPECT_THROW(exception_future().result(0), std::out_of_range);
  EXPECT_EQ(successful_future().result(0), 42);
}

TEST(FutureTests, ResultWithSuccess) {
  Promise<int> f;
  Future<int> future = f.future();
  int result = 0;
  Waiting waiting(1, [&] { result = future.result(3600); });
  ASSERT_TRUE(waits_for(future));
  f.set_result(42);
  waiting.join();
  EXPECT_EQ(result, 42);
}

TEST(FutureTests, ResultWithCancel) {
  Promise<int> f;
  Future<int> future = f.future();
  Waiting waiting(2, [&] { EXPECT_THROW(future.result(3600), CancelledError); });
  ASSERT_TRUE(waits_for(future, 2));
  future.cancel();
}

TEST(FutureTests, ExceptionWithTimeout) {
  EXPECT_THROW(pending_future().exception(0), TimeoutError);
  EXPECT_THROW(running_future().exception(0), TimeoutError);
  EXPECT_THROW(cancelled_future().exception(0), CancelledError);
  EXPECT_THROW(cancelled_and_notified_future().exception(0), CancelledError);
  EXPECT_NE(exception_future().exception(0), nullptr);
  EXPECT_EQ(successful_future().exception(0), nullptr);
}

TEST(FutureTests, ExceptionWithSuccess) {
  Promise<int> f;
  Future<int> future = f.future();
  std::exception_ptr exception;
  Waiting waiting(1, [&] { exception = future.exception(3600); });
  ASSERT_TRUE(waits_for(future));
  f.set_exception(std::runtime_error("late"));
  waiting.join();
  EXPECT_NE(exception, nullptr);
}

TEST(FutureTests, MultipleSetResult) {
  Promise<int> f;
  f.set_result(1);
  try {
    f.set_result(2);
    FAIL();
  } catch (const InvalidStateError& error) {
    EXPECT_TRUE(matches(error.what(), "FINISHED: <Future at 0x[0-9a-f]+ state=finished returned int>")) << error.what();
  }
  EXPECT_EQ(f.future().result(), 1);
}

TEST(FutureTests, MultipleSetException) {
  Promise<int> f;
  Future<int> future = f.future();
  f.set_exception(ValueError("first"));
  EXPECT_THROW(f.set_exception(ValueError("second")), InvalidStateError);
  EXPECT_TRUE(throws<ValueError>([&] { future.result(); }, "first"));
}

TEST(FutureTests, SetResultAfterCancel) {
  Promise<int> f;
  f.future().cancel();
  EXPECT_THROW(f.set_result(1), InvalidStateError);
  EXPECT_FALSE(f.set_running_or_notify_cancel());
  EXPECT_THROW(f.set_running_or_notify_cancel(), RuntimeError);
}

// Beyond CPython.

TEST(FutureTest, OneOfManyWhoSetIt) {
  for (int round = 0; round < rounds(200, 20000); ++round) {
    Promise<int> f;
    std::atomic<int> set{0};
    {
      Waiting setters(3, [&](int i) {
        try {
          f.set_result(i);
          ++set;
        } catch (const InvalidStateError&) {
        }
      });
    }
    ASSERT_EQ(set, 1);
  }
}

TEST(FutureTest, AResultThatCannotBeCopied) {
  Promise<std::unique_ptr<int>> f;
  f.set_result(std::make_unique<int>(7));
  Future<std::unique_ptr<int>> future = f.future();
  EXPECT_EQ(*future.result(), 7);
  std::unique_ptr<int> taken = std::move(future).result();
  EXPECT_EQ(*taken, 7);
}

TEST(FutureTest, TheLastHandleMovesTheResultOut) {
  auto shared = std::make_shared<int>(1);
  Future<std::shared_ptr<int>> future;
  {
    Promise<std::shared_ptr<int>> f;
    f.set_result(std::move(shared));
    future = f.future();
  }
  std::shared_ptr<int> taken = std::move(future).result();
  EXPECT_EQ(taken.use_count(), 1);
}

TEST(FutureTest, DroppedPromise) {
  Future<int> future;
  {
    Promise<int> f;
    future = f.future();
  }
  EXPECT_TRUE(throws<RuntimeError>([&] { future.result(); }, "the promise was dropped before it had a result"));
}

TEST(FutureTest, UnreadFailureIsReported) {
  Unheard unheard;
  {
    Promise<int> f;
    f.set_exception(std::runtime_error("nobody cares"));
  }
  EXPECT_EQ(unheard.all(), std::vector<std::string>{"future that nobody read: nobody cares"});
  {
    Promise<int> f;
    f.set_exception(std::runtime_error("somebody looks"));
    EXPECT_NE(f.future().exception(), nullptr);
  }
  EXPECT_EQ(unheard.all().size(), 1u);
}

TEST(FutureTest, AHandleForNothing) {
  Future<int> none;
  EXPECT_FALSE(none);
  EXPECT_THROW(none.done(), RuntimeError);
  EXPECT_THROW(none.result(), RuntimeError);
}

TEST(FutureTest, Then) {
  Promise<int> f;
  Future<std::string> text = f.future().then([](int x) { return x + 1; }).then([](int x) { return std::to_string(x); });
  EXPECT_FALSE(text.done());
  f.set_result(41);
  EXPECT_EQ(text.result(), "42");
}

TEST(FutureTest, ThenOfNothing) {
  Promise<void> f;
  bool called = false;
  Future<void> after = f.future().then([&] { called = true; });
  f.set_result();
  after.result();
  EXPECT_TRUE(called);
}

TEST(FutureTest, CallbacksTakeTheFutureAsAReference) {
  Promise<int> f;
  int seen = 0;
  f.future().add_done_callback([&](auto& future) { seen = future.result(); });
  f.set_result(5);
  EXPECT_EQ(seen, 5);
}

TEST(FutureTest, ThenWithoutTheValue) {
  Promise<std::string> f;
  Future<int> after = f.future().then([] { return 7; });
  EXPECT_FALSE(after.done());
  f.set_result("ignored");
  EXPECT_EQ(after.result(), 7);
  // Who takes whatever comes gets the value.
  Future<int> count = f.future().then([](const auto&... values) { return static_cast<int>(sizeof...(values)); });
  EXPECT_EQ(count.result(), 1);
}

TEST(FutureTest, FailuresAndCancellationsPassByThen) {
  Promise<int> f, g;
  Future<int> a = f.future().then([](int x) { return x; }), b = g.future().then([](int x) { return x; });
  f.set_exception(ValueError("no"));
  EXPECT_TRUE(throws<ValueError>([&] { a.result(); }, "no"));
  g.future().cancel();
  EXPECT_TRUE(b.cancelled());
  Future<int> c = successful_future().then([](int) -> int { throw ValueError("oh"); });
  EXPECT_TRUE(throws<ValueError>([&] { c.result(); }, "oh"));
}

TEST(FutureTest, ACancelledContinuationIsNotCalled) {
  Promise<int> f;
  bool called = false;
  Future<void> after = f.future().then([&](int) { called = true; });
  EXPECT_TRUE(after.cancel());
  f.set_result(1);
  EXPECT_FALSE(called);
}

// There is nobody who has yet to hear of it: wait() and as_completed() count it.
TEST(FutureTest, WhatIsMadeOfOthersIsSettledWhenItIsCancelled) {
  Promise<int> promise;
  std::vector<Future<int>> one{promise.future()};
  Future<int> next = one[0].then([](int x) { return x; });
  Future<int> first = any(one);
  Future<std::vector<int>> list = all(one);
  EXPECT_TRUE(next.cancel());
  EXPECT_TRUE(first.cancel());
  EXPECT_TRUE(list.cancel());
  EXPECT_EQ(futures::wait(std::vector{next, first}, {.timeout = 10}).not_done.size(), 0u);
  EXPECT_EQ(futures::wait(std::vector{list}, {.timeout = 10}).not_done.size(), 0u);
  promise.set_result(1);
  EXPECT_TRUE(next.cancelled() && first.cancelled() && list.cancelled());
}

// Nobody has its future any more, and yet some wait for what comes of it.
TEST(FutureTest, ADroppedPromiseIsHeardOfWithoutItsFuture) {
  std::optional<Promise<int>> promise(std::in_place);
  Future<int> next = promise->future().then([](int x) { return x + 1; });
  std::exception_ptr heard;
  promise->future().add_done_callback([&](Future<int> future) { heard = future.exception(); });
  promise.reset();
  EXPECT_THROW(next.result(), RuntimeError);
  EXPECT_NE(heard, nullptr);
}

// One after the other, not one within the other.
TEST(FutureTest, ALongChain) {
  Promise<int> f;
  Future<int> last = f.future();
  for (int i = 0; i < 200'000; ++i) last = last.then([](int x) { return x + 1; });
  f.set_result(0);
  EXPECT_EQ(last.result(), 200'000);
}

TEST(FutureTest, ALongChainCancelled) {
  Promise<int> f;
  Future<int> last = f.future();
  for (int i = 0; i < 200'000; ++i) last = last.then([](int x) { return x + 1; });
  f.future().cancel();
  EXPECT_TRUE(last.cancelled());
}

TEST(FutureTest, All) {
  std::vector<Promise<int>> promises(3);
  std::vector<Future<int>> futures;
  for (auto& promise : promises) futures.push_back(promise.future());
  Future<std::vector<int>> together = all(futures);
  promises[2].set_result(3);
  promises[0].set_result(1);
  EXPECT_FALSE(together.done());
  promises[1].set_result(2);
  EXPECT_EQ(together.result(), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(all(std::vector<Future<int>>()).result().size(), 0u);
}

TEST(FutureTest, AllFailsAtOnce) {
  std::vector<Promise<void>> promises(2);
  std::vector<Future<void>> futures{promises[0].future(), promises[1].future()};
  Future<void> together = all(futures);
  promises[1].set_exception(ValueError("no"));
  EXPECT_TRUE(throws<ValueError>([&] { together.result(); }, "no"));
  promises[0].set_result();
}

TEST(FutureTest, Any) {
  std::vector<Promise<int>> promises(3);
  std::vector<Future<int>> futures;
  for (auto& promise : promises) futures.push_back(promise.future());
  Future<int> first = any(futures);
  promises[1].set_exception(ValueError("no"));
  EXPECT_FALSE(first.done());
  promises[2].set_result(3);
  EXPECT_EQ(first.result(), 3);
  promises[0].set_result(1);
  EXPECT_THROW(any(std::vector<Future<int>>()), ValueError);
}

TEST(FutureTest, AnyOfNoneThatSucceeds) {
  Future<int> none = any(std::vector<Future<int>>{exception_future(), exception_future()});
  EXPECT_THROW(none.result(), std::out_of_range);
}

TEST(FutureTest, AStopRequestEndsTheWait) {
  std::stop_source stop;
  Promise<int> f;
  Future<int> future = f.future();
  Waiting waiting(1, [&] { EXPECT_FALSE(future.wait(stop.get_token())); });
  ASSERT_TRUE(waits_for(future));
  stop.request_stop();
}

TEST(FutureTests, NoException) {
  Promise<void> promise;
  EXPECT_THROW(promise.set_exception(std::exception_ptr()), ValueError);
  promise.set_result();
  promise.future().result();
}

TEST(FutureTests, ThenLeavesTheValueToOthers) {
  Promise<std::string> promise;
  Future<std::string> future = promise.future();
  Future<std::string> taken = future.then([](auto&& value) { return std::move(value); });
  promise.set_result("what is longer than any short string");
  EXPECT_EQ(taken.result(), future.result());
  Promise<std::unique_ptr<int>> box;
  Future<int> opened = box.future().then([](std::unique_ptr<int>& only) { return *std::exchange(only, nullptr); });
  box.set_result(std::make_unique<int>(7));
  EXPECT_EQ(opened.result(), 7);
}

struct Json : std::map<std::string, Json> {};

TEST(FutureTests, WhatCanBeCopiedIsNotMovedAway) {
  ThreadPoolExecutor executor(1);
  Future<Future<void>> nested = executor.submit([&] { return executor.submit([] {}); });
  decltype(nested)(nested).result().result();
  nested.result().result();
  Future<Json> json = executor.submit([] {
    Json made;
    made["a"];
    return made;
  });
  EXPECT_EQ(decltype(json)(json).result().size(), 1u);
  EXPECT_EQ(json.result().size(), 1u);
}

TEST(FutureTests, AsKeysAndWithMembers) {
  Promise<std::string> promise;
  Future<std::string> future = promise.future();
  std::unordered_map<Future<std::string>, int> numbers = {{future, 1}};
  Future<std::size_t> size = future.then(&std::string::size);
  promise.set_result("four");
  EXPECT_EQ(numbers.at(future), 1);
  EXPECT_EQ(size.result(), 4u);
}

}  // namespace
}  // namespace weft::test
