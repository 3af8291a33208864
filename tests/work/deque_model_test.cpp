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
  static bool can_fence_everyone() { return true; }
  static bool fence_everyone() {
    model::fence_everyone();
    return true;
  }
};

using Deque = detail::Deque<Data<int>, ModelPolicy, 2>;

template <int KeptBack, int Shown = 0, class Policy = ModelPolicy>
using Keeping = detail::Deque<Data<int>, Policy, 4, KeptBack, Shown>;

// What was pushed is a plain int, so that who takes it without being told of it
// is caught; and taking it is a write, so that two who take the same are, too.
int take(Data<int>* item) {
  if (item == nullptr) return 0;
  int value = item->get();
  *item = 0;
  return value;
}

template <class Policy, std::size_t Capacity, std::int64_t KeptBack, std::int64_t Shown>
Data<int>* reach(detail::Deque<Data<int>, Policy, Capacity, KeptBack, Shown>& deque) {
  const std::int64_t oldest = deque.find_oldest();
  return oldest != deque.Nowhere && Policy::fence_everyone() ? deque.take_oldest(oldest) : nullptr;
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

// Who keeps all back may be reached all the same.
template <class Deque>
void reach_one() {
  Data<int> a = 0;
  Deque deque;
  int mine = 0, reached = 0;
  together(
      [&] {
        a = 1;
        deque.push(&a);
        if (deque.take_back()) mine = take(&a);
      },
      [&] { reached = take(reach(deque)); });
  require(mine + reached == 1, "one of them has it");
}

TEST(DequeModel, ReachesWhatIsKeptBack) { model::check_all(reach_one<Keeping<2>>); }

// What is shown, and what is kept back, each to somebody else.
template <class Deque>
void steal_and_reach() {
  Data<int> a = 0, b = 0;
  Deque deque;
  int mine = 0, stolen = 0, reached = 0;
  together(
      [&] {
        a = 1;
        deque.push(&a);
        b = 10;
        deque.push(&b);
        if (deque.take_back()) mine += take(&b);
        if (deque.take_back()) mine += take(&a);
      },
      [&] { stolen = take(deque.steal()); }, [&] { reached = take(reach(deque)); });
  require(mine + stolen + reached == 11, "each item is taken once");
  require(!deque.has_some(), "nothing is left");
}

TEST(DequeModel, StealsAndReaches) { model::check_all(steal_and_reach<Keeping<1>>); }
TEST(DequeModel, StealsAndReachesBeyondTheOldest) { model::check_all(steal_and_reach<Keeping<2, 1>>); }
TEST(DequeModel, StealsAndReachesByChance) { model::check_many(steal_and_reach<Keeping<1>>); }

// What is shown needs no reaching.
template <class Deque>
void show_one() {
  Data<int> a = 0;
  Deque deque;
  int mine = 0, stolen = 0;
  together(
      [&] {
        a = 1;
        deque.push(&a);
        deque.show();
      },
      [&] { stolen = take(deque.steal()); });
  mine = take(deque.pop());
  require(mine + stolen == 1, "one of them has it");
}

TEST(DequeModel, ShowsWhatWasKeptBack) { model::check_all(show_one<Keeping<2>>); }

// One is pushed in the place of another that was taken back.
template <class Deque>
void reach_twice() {
  Data<int> a = 0, b = 0, c = 0;
  Deque deque;
  int mine = 0, reached = 0;
  together(
      [&] {
        a = 1;
        deque.push(&a);
        b = 0x10;
        deque.push(&b);
        if (deque.take_back()) mine += take(&b);
        c = 0x100;
        deque.push(&c);
        deque.show();
      },
      [&] {
        reached += take(reach(deque));
        reached += take(reach(deque));
      });
  for (int i = 0; i < 2; ++i) mine += take(deque.pop());
  require(mine + reached == 0x111, "each item is taken once");
}

TEST(DequeModel, ReachesTwice) { model::check_all(reach_twice<Keeping<2>>); }
TEST(DequeModel, ReachesTwiceByChance) { model::check_many(reach_twice<Keeping<2>>); }

struct WithoutFence : ModelPolicy {
  static bool fence_everyone() { return true; }
};

TEST(DequeModel, ReachNeedsItsFence) {
  EXPECT_FALSE(model::explore({.stale = 2}, steal_and_reach<Keeping<1, 0, WithoutFence>>).holds());
}

// Where the kernel has no such fence, nothing is kept back.
struct CannotFence : ModelPolicy {
  static bool can_fence_everyone() { return false; }
  static bool fence_everyone() { return false; }
};

TEST(DequeModel, KeepsNothingBackWithoutFences) {
  model::check_all([] {
    Data<int> a = 0;
    Keeping<2, 0, CannotFence> deque;
    int mine = 0, stolen = 0;
    together(
        [&] {
          a = 1;
          deque.push(&a);
          if (deque.take_back()) mine = take(&a);
        },
        [&] {
          if (deque.has_some()) stolen = take(deque.steal());
          require(reach(deque) == nullptr, "there is no other way");
        });
    require(mine + stolen == 1, "one of them has it");
  });
}

// Of the eight that pass unnoticed, seven are weaker by a hair: the model runs what
// is sequentially consistent in the order of execution, and so cannot tell an
// acquire that reads the newest store from it. The eighth, in has_room(), keeps a cell from
// being used again before a thief has looked at it, which no run can show without loads that
// run ahead.
TEST(DequeModel, ItsOrdersAreNeeded) {
  auto weakened = model::weaken_each({.stale = 2}, {one_thief, round_the_ring, fork, steal_and_reach<Keeping<1>>,
                                                    show_one<Keeping<2>>, reach_twice<Keeping<2>>});
  EXPECT_TRUE(weakened.report.holds()) << weakened.report;
  EXPECT_LE(weakened.unnoticed.size(), 8u) << weakened;
}

}  // namespace
}  // namespace weft::test
