// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Who of a pool's workers is up, called, told, or away while a guest has his post:
// the scheduler's own text, in every way.
#include "work/crew.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "support/model/model.hpp"
#include "support/support.hpp"

namespace weft::test {
namespace {

using model::Data, model::require, model::together, model::until;
using wait::InModel;

// What is plain here is of the model alone: no step, and never stale.
struct ModelPost : work::Post<InModel> {
  using Post::Post;

  Data<int> used = 0;            // by who works here: two whom nothing orders are a race
  bool taken = false;            // somebody works here
  InModel::Atomic<int> left{0};  // tasks that are left here, for anybody
  bool coming = false;           // a thread, that was hired
  bool threaded = false;         // there is one
  InModel::Atomic<int> begin{0};
};

// A pool as the scheduler puts it together from the Crew and somewhere to look for
// work: here counts of tasks, all alike.
class ModelPool : public work::Crew<InModel, ModelPool> {
  friend Crew;

 public:
  explicit ModelPool(int workers, std::uint32_t cores = 8) : cores_(cores) { resize(workers); }

  using Crew::closed;
  void close() noexcept { Crew::close(true); }
  void resize(int workers) {
    wanted = workers;
    Crew::resize(static_cast<std::uint32_t>(workers));
  }

  // By a task, at the post where it runs: also if the pool is closed meanwhile.
  void put_at(std::uint32_t number) {
    ++brought;
    posts_[number]->left.fetch_add(1, std::memory_order_seq_cst);
    call();
    come_back_if_ending();
  }

  // The n-th of those that are brought is done when done >= n, as all are alike.
  bool put() {
    if (closed()) return false;
    int found = queue_.load(std::memory_order_seq_cst);
    do {
      if ((found & Closed) != 0) return false;
    } while (!queue_.compare_exchange_weak(found, found + One, std::memory_order_seq_cst));
    ++brought;
    try {
      call();
    } catch (const NoThread&) {
      give_up_if_alone();
    }
    return true;
  }

  // Runs a task as a guest, or leaves it to the workers.
  bool apply(bool leave_one = false) {
    bool ran = lend([&](ModelPost& post) {
      ++guests;
      ++brought;
      require(post.threaded, "whoever waits for the threads waits for the guest");
      require(taken >= before_guest, "what was brought before is begun before");
      work_at(post, leave_one);
      return true;
    });
    return ran || put();
  }

  // The actor that is the thread of this number, whenever one is hired.
  void thread(std::uint32_t number) {
    for (;;) {
      until([&] { return over_ || (posts_[number] && posts_[number]->coming); });
      if (over_) return;
      ModelPost& mine = *posts_[number];
      mine.coming = false;
      mine.begin.exchange(0, std::memory_order_acquire);
      serve(number);
      mine.threaded = mine.coming;
      leave(number);
      --threads;
    }
  }

  // An actor that is not a thread of the pool.
  template <class F>
  auto actor(F f) {
    return [this, f] {
      f();
      ++ended;
    };
  }

  // The actor that ends it all when `actors` others have ended: nothing is left undone,
  // those too many have left, and those wanted are all to be had.
  void end(int actors, bool muster = false) {
    until([&] { return ended == actors && done == brought; });
    if (muster) {
      until([&] { return threads <= wanted; });
      int here = 0;
      task = [&](std::uint32_t) {
        ++here;
        until([&] { return here == wanted; });
      };
      for (int i = 0; i < wanted; ++i) put();
      until([&] { return done == brought; });
    }
    if (!closed()) close();
    until([&] { return threads == 0; });
    over_ = true;
  }

  // When all sleep, or have gone: what the workers' accounts of their tasks said has no
  // effect any more, and nothing is left of one that has begun.
  void audit() {
    until([&] { return ended == 2 && done == brought && model::asleep() == threads; });
    for (auto& post : posts_) {
      if (!post) continue;
      auto& signs = post->signs;
      signs.marks.fetch_or(0, std::memory_order_relaxed);  // the newest
      require(!signs.waits() && signs.account.left == 0, "where nobody works nothing waits");
    }
    const int down = wanted - static_cast<int>(reserve_.load(std::memory_order_seq_cst));
    const int up = std::min(wanted, static_cast<int>(cores_));
    require(down == up || down == std::min(wanted, up + 1),
            "as many may be up as there are cores, and one who watches");
  }

  int refusals = 0;  // so many times no thread is to be had
  int wanted = 0;    // workers
  int brought = 0, taken = 0, done = 0, guests = 0, threads = 0;
  int given_up = 0;
  int last_looks = 0;    // that found nothing when it was closed
  int ended = 0;         // actors
  int before_guest = 0;  // so many come before any guest

 private:
  static constexpr int Closed = 1, One = 2, Most = 3;
  struct NoThread {};

  ModelPost& post(std::uint32_t number) { return *posts_[number]; }
  void add_post(std::uint32_t number) { posts_[number].emplace(number); }
  bool has_work() {
    if (queue_.load(std::memory_order_seq_cst) >= One) return true;
    for (auto& post : posts_) {
      if (leaves_some && post && post->left.load(std::memory_order_seq_cst) != 0) return true;
    }
    return false;
  }
  bool has_tasks() { return has_work(); }
  bool find(ModelPost&) {
    int found = queue_.load(std::memory_order_seq_cst);
    while (found >= One) {
      if (queue_.compare_exchange_weak(found, found - One, std::memory_order_seq_cst)) return ++taken;
    }
    for (auto& post : posts_) {
      if (!leaves_some || !post) continue;
      int left = post->left.load(std::memory_order_seq_cst);
      while (left > 0) {
        if (post->left.compare_exchange_weak(left, left - 1, std::memory_order_seq_cst)) return ++taken;
      }
    }
    if ((found & Closed) != 0) ++last_looks;
    return false;
  }
  bool find_kept_back(ModelPost&) { return false; }
  void run(ModelPost& post, bool) { work_at(post, false); }
  void work_at(ModelPost& post, bool leave_one) {
    require(!std::exchange(post.taken, true), "nobody else works here");
    if (watched()) note_begin(post);
    post.used = post.used + 1;
    if (task) task(post.number);
    if (tasks_have_parts && watched()) note_part(post);
    if (leave_one) put_at(post.number);
    model::step();
    if (watched()) note_end(post);
    require(post.signs.account.left == 0 || post.signs.account.since.busy == InModel::self(),
            "an account is of one thread");
    post.taken = false;
    ++done;
  }
  void hand_back(ModelPost&) {}
  void refuse_more() { queue_.fetch_or(Closed, std::memory_order_seq_cst); }
  bool watched() const { return cores_ < Most; }
  static bool can_lend() { return true; }
  os::Usage usage() {
    account += 2;
    return {account, InModel::self(), tasks_wait ? account : 0};
  }
  static std::uint32_t cpu() { return InModel::self() % 2; }
  std::uint32_t cores() const { return cores_; }
  void give_up(const std::exception_ptr&) {
    const int found = queue_.fetch_and(Closed, std::memory_order_seq_cst) / One;
    given_up += found;
    done += found;
  }
  void hire(std::uint32_t number) {
    model::step();
    if (refusals > 0) {
      --refusals;
      throw NoThread();
    }
    ++threads;
    posts_[number]->begin.exchange(1, std::memory_order_release);
    posts_[number]->coming = posts_[number]->threaded = true;
  }

 public:
  bool leaves_some = false, tasks_wait = false, tasks_have_parts = false;
  std::function<void(std::uint32_t)> task = {};

 private:
  const std::uint32_t cores_;
  std::int64_t account = 0;
  bool over_ = false;
  std::optional<ModelPost> posts_[Most];
  InModel::Atomic<int> queue_{0};
};

// Two preemptions with the newest loads, and one with a stale one; and under `make
// stress` two with two.
void check(const std::function<void()>& body) {
  model::check_all({.preemptions = 2, .stale = rounds(0, 2)}, body);
  model::check_all({.preemptions = 1, .stale = 1}, body);
}

// One worker, who is up, or lies down, or sleeps, or has a guest at his post, when
// others bring work.
const auto guest_and_put = [] {
  ModelPool pool(1);
  pool.put();
  together([&] { pool.thread(0); }, pool.actor([&] { pool.apply(); }), pool.actor([&] { pool.put(); }),
           [&] { pool.end(2); });
};

TEST(CrewModel, GuestAndPut) { check(guest_and_put); }
TEST(CrewModel, GuestAndPutByChance) { model::check_many(guest_and_put); }

// The same before anybody was hired, and it is closed: what was accepted is done.
const auto nobody_hired_yet = [] {
  ModelPool pool(1);
  together([&] { pool.thread(0); }, pool.actor([&] { pool.apply(); }), pool.actor([&] { pool.put(); }),
           pool.actor([&] { pool.close(); }), [&] { pool.end(3); });
};

TEST(CrewModel, NobodyHiredYetByChance) { model::check_many(nobody_hired_yet); }

const auto two_guests = [] {
  ModelPool pool(1);
  pool.put();
  auto guest = pool.actor([&] { pool.apply(); });
  together([&] { pool.thread(0); }, guest, guest, [&] { pool.end(2); });
};

TEST(CrewModel, TwoGuests) { check(two_guests); }
TEST(CrewModel, TwoGuestsByChance) { model::check_many(two_guests); }

const auto two_workers = [] {
  ModelPool pool(2);
  pool.put();
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] { pool.apply(), pool.apply(); }),
           pool.actor([&] { pool.put(), pool.put(); }), [&] { pool.end(2); });
};

TEST(CrewModel, TwoWorkersAndAGuestByChance) { model::check_many(two_workers); }

// What a guest's task leaves at its post is done when he has gone.
const auto leaves_one_behind = [] {
  ModelPool pool(1);
  pool.leaves_some = true;
  pool.put();
  together([&] { pool.thread(0); }, pool.actor([&] { pool.apply(true); }), [&] { pool.end(1); });
};

TEST(CrewModel, GuestLeavesATaskBehind) { check(leaves_one_behind); }

// One who hands over a task, and then works along: that has begun, or he does not
// begin, though another worker lies idle.
const auto does_not_overtake = [] {
  ModelPool pool(2);
  pool.put();
  pool.put();
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] {
    until([&] { return pool.threads == 2 && model::asleep() == 2; });
    pool.put();
    pool.before_guest = 3;
    pool.apply();
  }),
           [&] { pool.end(1); });
};

TEST(CrewModel, GuestDoesNotOvertake) { model::check({.preemptions = 1, .stale = 0}, does_not_overtake); }
TEST(CrewModel, GuestDoesNotOvertakeByChance) { model::check_many(does_not_overtake); }

// Closed while there is a guest, or one comes: his worker leaves after him.
const auto closed_meanwhile = [] {
  ModelPool pool(1);
  pool.put();
  together([&] { pool.thread(0); }, pool.actor([&] { pool.apply(); }), pool.actor([&] { pool.close(); }),
           [&] { pool.end(2); });
};

TEST(CrewModel, ClosedMeanwhile) { check(closed_meanwhile); }

// His worker is told, and finds at his post what the guest has left there.
const auto put_and_closed_meanwhile = [] {
  ModelPool pool(1);
  pool.put();
  together([&] { pool.thread(0); }, pool.actor([&] { pool.apply(); }), pool.actor([&] { pool.put(); }),
           pool.actor([&] { pool.close(); }), [&] { pool.end(3); });
};

TEST(CrewModel, PutAndClosedMeanwhileByChance) { model::check_many(put_and_closed_meanwhile); }

// What is accepted is done, whoever closes the pool at that moment: also if no
// thread was begun before.
const auto put_and_close = [] {
  ModelPool pool(1);
  pool.put();
  together([&] { pool.thread(0); }, pool.actor([&] { pool.put(); }), pool.actor([&] { pool.close(); }),
           [&] { pool.end(2); });
};

TEST(CrewModel, WhatIsAcceptedIsDone) { check(put_and_close); }

const auto put_at_first_and_close = [] {
  ModelPool pool(1);
  together([&] { pool.thread(0); }, pool.actor([&] { pool.put(), pool.put(); }), pool.actor([&] { pool.close(); }),
           [&] { pool.end(2); });
};

TEST(CrewModel, WhatIsAcceptedAtFirstIsDone) { check(put_at_first_and_close); }
TEST(CrewModel, WhatIsAcceptedIsDoneByChance) { model::check_many(put_and_close); }

// With fewer wanted while a guest is in, and with more again, everybody is found in
// the end who is wanted, whether he has a thread or not.
const auto resized_by_a_guest = [] {
  ModelPool pool(2);
  pool.put();
  pool.put();
  auto shrink = [&](std::uint32_t number) {
    if (number != 1 || pool.threads != 2) return;
    pool.resize(0);
    until([&] { return pool.threads == 1; });
    pool.resize(2);  // the other one has no thread now
    pool.resize(1);
  };
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] {
    until([&] { return model::asleep() == 2; });
    pool.task = shrink;
    pool.apply();
    pool.task = {};
    pool.put();
  }),
           [&] { pool.end(1, true); });
};

TEST(CrewModel, ResizedByAGuest) { model::check({.preemptions = 1, .stale = 0}, resized_by_a_guest); }
TEST(CrewModel, ResizedByAGuestByChance) { model::check_many(resized_by_a_guest); }

// The worker whose post is one too many leaves after his guest, with nothing else to
// be called for.
const auto shrunk_by_a_guest = [] {
  ModelPool pool(2);
  pool.put();
  pool.put();
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] {
    until([&] { return model::asleep() == 2; });
    pool.task = [&](std::uint32_t) { pool.resize(1); };
    pool.apply();
  }),
           [&] { pool.end(1, true); });
};

TEST(CrewModel, ShrunkByAGuest) { model::check({.preemptions = 1, .stale = 0}, shrunk_by_a_guest); }

const auto resized_meanwhile = [] {
  ModelPool pool(2);
  pool.put();
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] { pool.apply(), pool.put(); }),
           pool.actor([&] { pool.resize(1), pool.resize(2); }), [&] { pool.end(2, true); });
};

TEST(CrewModel, ResizedMeanwhileByChance) { model::check_many(resized_meanwhile); }

// One who is too many tells the others last, and leaves.
const auto too_many_at_the_end = [] {
  ModelPool pool(2);
  pool.leaves_some = true;
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] { pool.apply(true); }),
           pool.actor([&] { pool.apply(); }), pool.actor([&] {
             pool.resize(1);
             pool.close();
           }),
           pool.actor([&] {
             pool.put();
             pool.close();
           }),
           [&] { pool.end(4); });
};

TEST(CrewModel, TooManyAtTheEndByChance) { model::check_many(too_many_at_the_end); }

// A guest at the post of one who is too many ends the pool, and leaves a task behind
// when the one who is wanted has looked for the last time.
const auto left_behind_at_the_end = [] {
  ModelPool pool(2);
  pool.leaves_some = true;
  pool.put();
  pool.put();
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] {
    until([&] { return pool.threads == 2 && model::asleep() == 2; });
    pool.task = [&](std::uint32_t number) {
      pool.task = {};
      pool.resize(1);
      pool.close();
      until([&] { return pool.last_looks > 0 || number == 0; });
    };
    pool.apply(true);
  }),
           [&] { pool.end(1); });
};

TEST(CrewModel, LeftBehindAtTheEnd) { model::check({.preemptions = 1, .stale = 0}, left_behind_at_the_end); }

// A task has seen that the pool is open; it is closed then, and the other worker leaves before the task
// brings another one, for which it waits.
const auto brought_at_the_end = [] {
  ModelPool pool(2);
  pool.leaves_some = true;
  pool.put();
  pool.put();
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] {
    until([&] { return pool.threads == 2 && model::asleep() == 2; });
    pool.task = [&](std::uint32_t number) {
      pool.task = {};
      if (pool.closed()) return;
      pool.put_at(number);
      until([&] { return pool.taken == pool.brought; });
    };
    pool.put();
    pool.close();
  }),
           [&] { pool.end(1); });
};

TEST(CrewModel, BroughtAtTheEndByChance) { model::check_many(brought_at_the_end); }

// One core, and the first task waits for the second: who watches has another one begun.
const auto one_waits_for_another = [] {
  ModelPool pool(2, 1);
  bool begun = false;
  pool.task = [&](std::uint32_t) {
    if (std::exchange(begun, true)) return;
    until([&] { return pool.taken == 2; });
  };
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] { pool.put(), pool.put(); }),
           [&] { pool.end(1); });
};

TEST(CrewModel, OneWaitsForAnotherByChance) { model::check_many(one_waits_for_another); }

// Two wait for a third, and the pool is closed meanwhile: who watches goes on until it has begun.
const auto two_wait_at_the_end = [] {
  ModelPool pool(3, 1);
  pool.task = [&](std::uint32_t) { until([&] { return pool.taken == 3; }); };
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, [&] { pool.thread(2); }, pool.actor([&] {
    for (int i = 0; i < 3; ++i) pool.put();
    pool.close();
  }),
           [&] { pool.end(1); });
};

TEST(CrewModel, TwoWaitAtTheEndByChance) { model::check_many(two_wait_at_the_end); }

// One core: tasks that wait by their workers' account, and later others that do not.
const auto short_waits = [] {
  ModelPool pool(3, 1);
  pool.tasks_wait = pool.tasks_have_parts = true;
  auto puts = [&] { pool.put(), pool.put(), pool.put(); };
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, [&] { pool.thread(2); }, pool.actor([&] {
    puts();
    puts();
    pool.tasks_wait = false;
    puts();
  }),
           pool.actor([&] {
             pool.apply(), pool.apply();
             puts();
             pool.apply(), pool.apply();
           }),
           [&] {
             pool.audit();
             pool.end(2);
             pool.audit();
           });
};

TEST(CrewModel, ShortWaitsByChance) { model::check_many(short_waits); }

// One core: a task is taken for stuck at the very moment that its worker's account says that the tasks there wait.
const auto stuck_and_waiting = [] {
  ModelPool pool(3, 1);
  pool.tasks_wait = true;
  int begun = 0;
  pool.task = [&](std::uint32_t) {
    for (int i = ++begun % 3 == 0 ? 10 : 0; i > 0; --i) model::step();
  };
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, [&] { pool.thread(2); }, pool.actor([&] {
    for (int i = 0; i < 12; ++i) pool.put();
  }),
           pool.actor([] {}),
           [&] {
             pool.audit();
             pool.end(2);
           });
};

TEST(CrewModel, StuckAndWaitingByChance) { model::check_many(stuck_and_waiting); }

// No thread is to be had for a moment: what is brought then fails, or is done by who
// comes later, but nothing waits for ever.
const auto no_thread_at_first = [] {
  ModelPool pool(1);
  pool.refusals = 1;
  auto puts = pool.actor([&] { pool.put(); });
  together([&] { pool.thread(0); }, puts, puts, [&] { pool.end(2); });
};

TEST(CrewModel, NoThreadAtFirst) { model::check({.preemptions = 2, .stale = 0}, no_thread_at_first); }
TEST(CrewModel, NoThreadAtFirstByChance) { model::check_many(no_thread_at_first); }

const auto no_thread_for_two = [] {
  ModelPool pool(2);
  pool.refusals = 2;
  auto puts = pool.actor([&] { pool.put(); });
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, puts, puts, puts, [&] { pool.end(3); });
};

TEST(CrewModel, NoThreadForTwoByChance) { model::check_many(no_thread_for_two); }

// The only one who has a thread sleeps, and who is called before him gets none.
const auto no_second_thread = [] {
  ModelPool pool(1);
  pool.put();
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, [&] { pool.thread(2); }, pool.actor([&] {
    until([&] { return model::asleep() == 1; });
    pool.resize(3);
    pool.refusals = 1000;
    pool.put();
    until([&] { return pool.done == pool.brought; });
    pool.put();
    pool.put();
    until([&] { return pool.done == pool.brought; });
    require(pool.given_up == 0, "there was one to do it");
    pool.refusals = 0;
  }),
           [&] { pool.end(1); });
};

TEST(CrewModel, NoSecondThreadByChance) { model::check_many(no_second_thread); }

// One core: the first task waits for the second, and nobody but the watcher is there
// to do that.
const auto watcher_alone = [] {
  ModelPool pool(3, 1);
  bool begun = false;
  pool.task = [&](std::uint32_t) {
    if (std::exchange(begun, true)) return;
    until([&] { return pool.taken == 2; });
  };
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, [&] { pool.thread(2); }, pool.actor([&] {
    pool.put();
    pool.put();
    until([&] { return pool.threads >= 2; });
    pool.refusals = 1000;
    until([&] { return pool.done == pool.brought; });
    pool.refusals = 0;
    require(pool.given_up == 0, "there was one to do it");
  }),
           [&] { pool.end(1); });
};

TEST(CrewModel, WatcherAloneByChance) { model::check_many(watcher_alone); }

// One who has a thread is up, and another hire fails: what is brought is his to do.
const auto one_is_up = [] {
  ModelPool pool(2);
  pool.put();
  together([&] { pool.thread(0); }, [&] { pool.thread(1); }, pool.actor([&] {
    until([&] { return pool.threads != 0; });
    pool.refusals = 1;
    pool.put();
  }),
           pool.actor([&] { pool.put(); }),
           [&] {
             pool.end(2);
             require(pool.given_up == 0, "there was one to do it");
           });
};

TEST(CrewModel, OneIsUpByChance) { model::check_many(one_is_up); }

// The last who had a thread leaves while something is brought, and none is to be had.
const auto no_thread_after_the_last = [] {
  ModelPool pool(1);
  pool.put();
  together([&] { pool.thread(0); }, pool.actor([&] {
    pool.refusals = 1;
    pool.resize(0);
    pool.resize(1);
  }),
           pool.actor([&] { pool.put(); }), [&] { pool.end(2); });
};

TEST(CrewModel, NoThreadAfterTheLast) { model::check({.preemptions = 1, .stale = 0}, no_thread_after_the_last); }
TEST(CrewModel, NoThreadAfterTheLastByChance) { model::check_many(no_thread_after_the_last); }

}  // namespace
}  // namespace weft::test
