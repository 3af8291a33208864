// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include "support/model/model.hpp"
#include "support/support.hpp"
#include "weft/detail/deque.hpp"

namespace weft::test {
namespace {

using model::Data, model::require, model::together;

struct ModelPolicy {
  template <class U>
  using Atomic = wait::InModel::Atomic<U>;
};

using Deque = detail::Deque<Data<int>, ModelPolicy, 2>;

// What was pushed is a plain int, so that who takes it without being told of it
// is caught; and taking it is a write, so that two who take the same are, too.
int take(Data<int>* item) {
  if (item == nullptr) return 0;
  int value = item->get();
  *item = 0;
  return value;
}

const auto one_thief = [] {
  Data<int> a = 0, b = 0;
  Deque deque;
  int mine = 0, stolen = 0;
  together(
      [&] {
        a = 1;
        deque.push(&a);
        b = 10;
        deque.push(&b);
        mine += take(deque.pop());
        mine += take(deque.pop());
      },
      [&] {
        stolen += take(deque.steal());
        stolen += take(deque.steal());
      });
  require(mine + stolen == 11, "each item is taken once");
  require(!deque.has_some(), "nothing is left");
};

TEST(DequeModel, OneThief) { model::check_all(one_thief); }

const auto two_thieves = [] {
  Data<int> a = 0, b = 0;
  Deque deque;
  int mine = 0, x = 0, y = 0;
  together(
      [&] {
        a = 1;
        deque.push(&a);
        b = 10;
        deque.push(&b);
        deque.tell();
        mine += take(deque.pop());
      },
      [&] { x = take(deque.steal()); }, [&] { y = take(deque.steal()); });
  mine += take(deque.pop());
  mine += take(deque.pop());
  require(mine + x + y == 11, "each item is taken once");
};

TEST(DequeModel, TwoThieves) { model::check_all(two_thieves); }

// Round the ring: a cell is used again while a thief may still be looking at it.
const auto round_the_ring = [] {
  Data<int> items[4] = {0, 0, 0, 0};
  Deque deque;
  int mine = 0, stolen = 0;
  together(
      [&] {
        for (int i = 0; i < 4; ++i) {
          items[i] = 1 << (4 * i);
          if (!deque.push(&items[i])) mine += take(&items[i]);
        }
        for (int i = 0; i < 3; ++i) mine += take(deque.pop());
      },
      [&] {
        stolen += take(deque.steal());
        stolen += take(deque.steal());
      });
  require(mine + stolen == 0x1111, "each item is taken once");
};

TEST(DequeModel, RoundTheRing) { model::check_all(round_the_ring); }
TEST(DequeModel, RoundTheRingByChance) { model::check_many(round_the_ring); }

// The owner who pushed last takes that back, or it was stolen.
const auto fork = [] {
  Data<int> a = 0;
  Deque deque;
  int mine = 0, stolen = 0;
  together(
      [&] {
        a = 1;
        deque.push(&a);
        if (deque.take_back()) mine = take(&a);
      },
      [&] {
        if (deque.has_some()) stolen = take(deque.steal());
      });
  require(mine + stolen == 1, "one of them has it");
};

TEST(DequeModel, Fork) { model::check_all(fork); }

// Of the five that pass unnoticed, four are weaker by a hair: the model runs what
// is sequentially consistent in the order of execution, and so cannot tell an
// acquire that reads the newest store from it. The fifth, in has_room(), keeps a cell from
// being used again before a thief has looked at it, which no run can show without loads that
// run ahead.
TEST(DequeModel, ItsOrdersAreNeeded) {
  auto weakened = model::weaken_each({.stale = 2}, {one_thief, round_the_ring, fork});
  EXPECT_TRUE(weakened.report.holds()) << weakened.report;
  EXPECT_LE(weakened.unnoticed.size(), 6u) << weakened;
}

}  // namespace
}  // namespace weft::test
