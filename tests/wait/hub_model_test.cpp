// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What hubs and those who wake their green threads say to one another, in the
// place of the model: the inbox with its bell, and how a wait ends by a wake, a
// kill or its time.
#include <gtest/gtest.h>

#include <cstdint>

#include "support/model/model.hpp"
#include "sync/in_model.hpp"
#include "wait/inbox.hpp"
#include "wait/kill.hpp"
#include "wait/signal.hpp"

namespace weft::test {
namespace {

using model::Data, model::require, model::together;
using wait::InModel, wait::Outcome;
using Signal = wait::Signal<InModel>;
using Word = InModel::Atomic<std::uint32_t>;

struct Item {
  Item* next_arrived = nullptr;
  Data<int> value = 0;
};

// A hub's sleep and what others do to end it, with the model's futex.
struct ModelInbox : wait::Inbox<Item, InModel> {
  void send(Item& item) {
    put(item, [this](auto) { InModel::wake(bell(), 1); });
  }

  // All that arrives until `n` have, as the sum of their values. The first sleep
  // may end by itself.
  int receive(int n, Timeout nap = {}) {
    int sum = 0;
    while (n > 0) {
      for (Item* item = take_all(); item != nullptr;) {
        Item* next = item->next_arrived;
        sum += item->value;
        --n;
        item = next;
      }
      if (n > 0 && empty()) {
        sleep(Signal::Asleep, [&] { InModel::wait(bell(), Signal::Asleep, nap, {"Hub", this}); });
        nap = {};
      }
    }
    return sum;
  }
};

TEST(InboxModel, WhatIsPutArrives) {
  model::check([] {
    ModelInbox inbox;
    Item one, two;
    auto send = [&](Item& item, int value) {
      item.value = value;
      inbox.send(item);
    };
    together([&] { require(inbox.receive(2) == 3, "both arrived, whole"); }, [&] { send(one, 1); },
             [&] { send(two, 2); });
  });
}

// A hub that gets up by itself, for a timer, meets one who is about to wake it.
TEST(InboxModel, WhoWakesTooLateDoesNoHarm) {
  model::check([] {
    ModelInbox inbox;
    Item one, two;
    auto send = [&](Item& item, int value) {
      item.value = value;
      inbox.send(item);
    };
    together([&] { require(inbox.receive(2, 1.0) == 3, "both arrived, whole"); },
             [&] {
               send(one, 1);
               send(two, 2);
             });
  });
}

// An item may be sent again as soon as it was taken out.
TEST(InboxModel, SentAgain) {
  model::check([] {
    ModelInbox inbox;
    Item item;
    Word taken{0};
    together(
        [&] {
          inbox.receive(1);
          taken.store(1, std::memory_order_release);
          InModel::wake(taken, 1);
          inbox.receive(1);
        },
        [&] {
          inbox.send(item);
          while (taken.load(std::memory_order_acquire) == 0) InModel::wait(taken, 0, {}, {"Test", &taken});
          inbox.send(item);
        });
  });
}

// A wait in the lot, as InProcess::wait does it: the state of the node belongs to
// the bucket's lock, the signal to the waiter, and whoever takes the node has to
// make it Woken.
struct ModelWait {
  enum State { Queued, Taken, Woken };

  Outcome wait(const Timeout& timeout) {
    wait::Deadline deadline(timeout);
    Outcome outcome = Outcome::Woken;
    while (node.load(std::memory_order_acquire) != Woken) {
      const bool killed = kill.asked(me.load(std::memory_order_relaxed));
      if (killed || timed_out) {
        if (take_out(Woken)) {
          outcome = killed ? Outcome::Interrupted : Outcome::TimedOut;
          break;
        }
        deadline = {};
      }
      if (signal.lie_down(Signal::Asleep)) {
        timed_out = InModel::wait(signal.word(), Signal::Asleep, deadline, {"Test", this}) == Outcome::TimedOut;
      }
      signal.get_up();
    }
    return outcome;
  }

  // Again, on the same record.
  void park() {
    bucket.acquire();
    require(node.load(std::memory_order_relaxed) == Woken, "nobody has anything to do with it any more");
    node.store(Queued, std::memory_order_relaxed);
    bucket.release();
    timed_out = false;
  }

  bool take_out(State next) {
    bucket.acquire();
    bool queued = node.load(std::memory_order_relaxed) == Queued;
    if (queued) node.store(next, std::memory_order_relaxed);
    bucket.release();
    return queued;
  }

  bool wake() {
    if (!take_out(Taken)) return false;
    node.store(Woken, std::memory_order_release);
    rouse();
    return true;
  }

  void rouse() {
    if (signal.rouse() == Signal::Asleep) InModel::wake(signal.word(), 1);
  }

  void ask_to_end(std::uint32_t id) {
    if (kill.ask(id, me)) rouse();
  }

  Word node{Queued};
  sync::ModelLock bucket;
  Signal signal;
  wait::Kill<InModel, std::uint32_t> kill;
  Word me{1};
  bool timed_out = false;
};

TEST(WaitModel, WakeOrKillOrTime) {
  model::check([] {
    ModelWait w;
    bool woke = false;
    Outcome outcome{};
    together([&] { outcome = w.wait(1.0); }, [&] { woke = w.wake(); }, [&] { w.ask_to_end(1); });
    require((outcome == Outcome::Woken) == woke, "a wake is used up by who was woken, and by nobody else");
  });
}

// What comes late of the first wait's wake does not end the second one.
TEST(WaitModel, WaitsTwiceOnOneRecord) {
  model::check({.preemptions = 2, .stale = 1}, [] {
    ModelWait w;
    int woken = 0, wakes = 0;
    auto wake = [&] { wakes += w.wake() ? 1 : 0; };
    together(
        [&] {
          woken += w.wait(1.0) == Outcome::Woken ? 1 : 0;
          w.park();
          woken += w.wait(1.0) == Outcome::Woken ? 1 : 0;
        },
        wake, wake);
    require(woken == wakes, "a wake ends one wait");
  });
}

TEST(WaitModel, KillAlwaysEndsIt) {
  model::check([] {
    ModelWait w;
    together([&] { require(w.wait({}) == Outcome::Interrupted, "it was killed"); }, [&] { w.ask_to_end(1); });
  });
}

// The waiter's record is another one's by the time that a request arrives.
TEST(WaitModel, RequestForWhoHasGoneDoesNotHitOrHideAnother) {
  model::check([] {
    ModelWait w;
    together(
        [&] {
          w.me.store(2, std::memory_order_release);  // the first has ended, the second begins
          InModel::wake(w.me, 1);
          require(w.wait({}) == Outcome::Interrupted, "the second was killed");
        },
        [&] { w.ask_to_end(1); },
        [&] {
          while (w.me.load(std::memory_order_acquire) != 2) InModel::wait(w.me, 1, {}, {"Test", &w.me});
          w.ask_to_end(2);
        });
  });
  model::check([] {
    ModelWait w;
    together(
        [&] {
          w.me.store(2, std::memory_order_release);
          require(w.wait({}) == Outcome::Woken, "nobody meant the second");
        },
        [&] { w.ask_to_end(1); }, [&] { w.wake(); });
  });
}

}  // namespace
}  // namespace weft::test
