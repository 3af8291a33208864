// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "support/model/model.hpp"
#include "support/support.hpp"
#include "sync/gate.hpp"
#include "weft/detail/fifo.hpp"

namespace weft::test {
namespace {

using detail::Tried;
using model::Data, model::require, model::together;
using wait::InModel;

struct ModelPolicy {
  template <class U>
  using Atomic = InModel::Atomic<U>;
  static void linger(unsigned) { model::yield(); }
  static void back_off(unsigned) {}
  static std::uint32_t fork_generation() { return 0; }
  static void watch_forks() {}
};

// A queue as BasicQueue puts it together from store and gates, in the place of
// the model, with two cells a block.
class ModelQueue {
  using Item = Data<int>;
  using Gate = sync::Gate<InModel>;

 public:
  explicit ModelQueue(std::int64_t maxsize = 0) : items_(maxsize) {}

  Tried put(int value, const Timeout& timeout = {}) {
    Putting putting{*this, Item(value)};
    putting.tried = items_.put(putting.item);
    if (putting.tried == Tried::Not) Gate::wait(putters_, detail::Attempt(putting), timeout, {"Queue.put", this});
    if (putting.tried == Tried::Done && takers_.has_waiter()) Gate::notify(takers_);
    return putting.tried;
  }

  std::optional<int> get(const Timeout& timeout = {}) {
    Taking taking{*this};
    taking.tried = items_.get(taking.item);
    if (taking.tried == Tried::Not) Gate::wait(takers_, detail::Attempt(taking), timeout, {"Queue.get", this});
    if (taking.tried != Tried::Done) return std::nullopt;
    if (items_.bounded() && putters_.has_waiter()) Gate::notify(putters_);
    return taking.item->get();
  }

  void close() {
    items_.close();
    if (takers_.has_sleeper()) Gate::notify_all(takers_);
    if (putters_.has_sleeper()) Gate::notify_all(putters_);
  }

  std::size_t size() const { return items_.size(); }

 private:
  struct Putting {
    bool take(unsigned) { return (tried = queue.items_.put(item)) != Tried::Not; }
    bool more() const noexcept { return queue.items_.has_room(1); }
    ModelQueue& queue;
    Item item;
    Tried tried = Tried::Not;
  };

  struct Taking {
    bool take(unsigned) { return (tried = queue.items_.get(item)) != Tried::Not; }
    bool more() const noexcept { return queue.items_.size() != 0; }
    ModelQueue& queue;
    std::optional<Item> item = {};
    Tried tried = Tried::Not;
  };

  detail::Fifo<Item, ModelPolicy, 2> items_;
  Gate::Words takers_, putters_;
};

const auto one_to_one = [] {
  ModelQueue q;
  together([&] { q.put(1), q.put(2), q.put(3); },
           [&] {
             for (int i = 1; i <= 3; ++i) require(q.get() == i, "what comes out is what went in, in that order");
           });
  require(q.size() == 0, "nothing is left");
};

TEST(QueueModel, OneToOne) { model::check_all(one_to_one); }

// Over the end of a block, with the hand-over of the next one, from both sides.
const auto two_producers = [] {
  ModelQueue q;
  int sum = 0;
  together([&] { q.put(1), q.put(2); }, [&] { q.put(10); },
           [&] {
             int last = 0;
             for (int i = 0; i < 3; ++i) {
               int got = q.get().value();
               if (got < 10) {
                 require(got > last, "a producer's items keep their order");
                 last = got;
               }
               sum += got;
             }
           });
  require(sum == 13 && q.size() == 0, "nothing is lost or doubled");
};

TEST(QueueModel, TwoProducers) { model::check_all(two_producers); }
TEST(QueueModel, TwoProducersByChance) { model::check_many(two_producers); }

const auto two_consumers = [] {
  ModelQueue q;
  int a = 0, b = 0;
  together([&] { a = q.get().value(); }, [&] { b = q.get().value(); },
           [&] {
             q.put(1);
             q.put(2);
           });
  require(a + b == 3, "each item goes to one of them");
};

// Two sleep and two items come: nobody sleeps on.
TEST(QueueModel, TwoConsumers) { model::check_all(two_consumers); }
TEST(QueueModel, TwoConsumersByChance) { model::check_many(two_consumers); }

const auto bounded = [] {
  ModelQueue q(1);
  together([&] { q.put(1), q.put(2); }, [&] { q.put(10); },
           [&] {
             int sum = 0;
             for (int i = 0; i < 3; ++i) sum += q.get().value();
             require(sum == 13, "nothing is lost or doubled");
           });
  require(q.put(1, 0) == Tried::Done, "there is room again");
  require(q.put(2, 0) == Tried::Not, "for one");
};

TEST(QueueModel, Bounded) { model::check_all(bounded); }
TEST(QueueModel, BoundedByChance) { model::check_many(bounded); }

// Several at once keep to the room there is, also where another put has looked at it before.
const auto some_at_once = [] {
  detail::Fifo<Data<int>, ModelPolicy, 4> items(1);
  auto put = [&] { items.put_some(2, [] { return Data<int>(1); }); };
  auto get = [&] { items.get_some(1, [](auto&&) {}); };
  together([&] { put(), get(), put(), get(), put(); }, [&] { put(); });
  require(items.size() <= 1, "no more than there is room for");
};

TEST(QueueModel, SomeAtOnce) { model::check({.preemptions = 3, .stale = 1}, some_at_once); }
TEST(QueueModel, SomeAtOnceByChance) { model::check_many(some_at_once); }

// get never says empty when a put has returned whose item nobody has taken.
TEST(QueueModel, NeverEmptyPastACompletedPut) {
  model::check_all([] {
    ModelQueue q;
    auto put_and_get = [&] {
      q.put(1);
      require(q.get(0).has_value(), "there are at least as many items as takers");
    };
    together(put_and_get, put_and_get);
  });
}

TEST(QueueModel, NeverFullPastACompletedGet) {
  model::check_all([] {
    ModelQueue q(2);
    q.put(1);
    q.put(1);
    auto get_and_put = [&] {
      q.get();
      require(q.put(1, 0) == Tried::Done, "there is at least as much room as there are putters");
    };
    together(get_and_put, get_and_put);
  });
}

// Who leaves without an item has not taken another's wake along.
const auto one_gives_up = [] {
  ModelQueue q;
  std::optional<int> a;
  together([&] { a = q.get(1); }, [&] { q.get(); },
           [&] {
             q.put(1);
             q.put(2);
           });
  require(q.size() == (a ? 0 : 1), "nothing is lost");
};

TEST(QueueModel, OneGivesUp) { model::check_all(one_gives_up); }
TEST(QueueModel, OneGivesUpByChance) { model::check_many(one_gives_up); }

// Also those are woken for whom a wake was owed when the queue was shut down.
const auto shut_down = [] {
  ModelQueue q;
  int got = 0;
  auto take = [&] { got += q.get().value_or(0); };
  together(take, take, [&] {
    q.put(1);
    q.close();
  });
  require(got == 1, "the item that was left is taken once");
  require(q.put(2) == Tried::Closed, "no put succeeds any more");
};

TEST(QueueModel, ShutDown) { model::check_all(shut_down); }
TEST(QueueModel, ShutDownByChance) { model::check_many(shut_down); }

TEST(QueueModel, ShutDownMeetsAPut) {
  model::check_all([] {
    ModelQueue q(1);
    Tried first = Tried::Not, second = Tried::Not;
    together(
        [&] {
          first = q.put(1);
          second = q.put(2);
        },
        [&] { q.close(); });
    require(second == Tried::Closed, "a put that waits is told");
    require(q.get().has_value() == (first == Tried::Done), "what was put before is still there");
    require(!q.get(), "and nothing else");
  });
}

}  // namespace
}  // namespace weft::test
