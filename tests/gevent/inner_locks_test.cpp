// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Green threads that are killed while they need one of the library's own locks:
// it is no wait of theirs, so what they do under it is done, and they end after it.
#include <atomic>
#include <utility>

#include "contracts/contract.hpp"
#include "contracts/crews.hpp"
#include "weft/gevent.hpp"
#include "weft/queue.hpp"
#include "weft/threading.hpp"

namespace weft::test {
namespace {

using namespace threading;

// OS threads keep the insides of Turns busy; whoever is killed passes its turn on.
TEST(InnerLocksTest, TurnIsPassedOnByOneWhoIsKilled) {
  for (int i = 0; i < rounds(150, 10'000); ++i) {
    Turns turns(2);
    std::atomic<bool> enough{false};
    Bunch<OsThreads> busy(2, [&] {
      while (!enough) turns.next();
    });
    auto take_turns = [&](int member) {
      for (;;) {
        auto turn = turns.take(member);
        gevent::sleep(0);
      }
    };
    auto first = gevent::spawn(take_turns, 0), second = gevent::spawn(take_turns, 1);
    gevent::sleep(0.0005);
    first.kill(0);
    second.kill(0);
    ASSERT_TRUE(first.join(10));
    ASSERT_TRUE(second.join(10));
    ASSERT_TRUE(turns.take(turns.next(), 0)) << "the turn was lost in round " << i;
    enough = true;
  }
}

std::atomic<bool> wanted{false}, inside{false}, leave{false};

/// While one moves, somebody else is given the time to get at the queue's lock:
/// once the lock is free, that is what happens.
struct Moves {
  explicit Moves(int v) : value(v) {}
  Moves(Moves&& other) noexcept : value(other.value) { let_in(); }
  Moves& operator=(Moves&& other) noexcept {
    value = other.value;
    return *this;
  }
  void let_in() noexcept {
    if (!watched) return;
    wanted = true;
    static_cast<void>(wait_until([] { return inside.load(); }, 0.05));
  }

  int value;
  static inline thread_local bool watched = false;
};

struct Slow {
  bool operator()(const Moves& a, const Moves& b) const {
    if (a.value == 99 || b.value == 99) {
      inside = true;
      while (!leave) ::sched_yield();
    }
    return a.value < b.value;
  }
};

// It has its first item, and waits for the queue's lock to take more.
TEST(InnerLocksTest, GetManyDoesNotLoseAKill) {
  wanted = inside = leave = false;
  queue::PriorityQueue<Moves, Slow> q;
  q.put(Moves(1));
  q.put(Moves(2));
  q.put(Moves(3));
  Bunch<OsThreads> hand(1, [&] {
    while (!wanted) ::sched_yield();
    q.put(Moves(99));
  });
  bool went_on = false;
  std::size_t got = 0;
  auto green = gevent::spawn([&] {
    Moves::watched = true;
    got = q.get_many(8).size();
    Moves::watched = false;
    gevent::sleep(0);
    went_on = true;
  });
  ASSERT_TRUE(wait_until([&] {
    gevent::sleep(0);
    return green.status().waiting_for == "Lock";
  }));
  green.kill(0);
  leave = true;
  ASSERT_TRUE(green.join(10));
  EXPECT_FALSE(went_on) << "it got " << got << " items, and the kill is lost";
}

}  // namespace
}  // namespace weft::test
