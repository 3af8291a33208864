// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>

#include "support/model/model.hpp"
#include "support/support.hpp"
#include "work/idle.hpp"

namespace weft::test {
namespace {

using model::require, model::together;
using wait::InModel;

// A pool as the scheduler puts it together from Idle and somewhere to look for
// work: here a count of tasks. Workers end when all tasks that will come are done.
class ModelPool {
  using Idle = work::Idle<InModel>;

 public:
  explicit ModelPool(int tasks) : missing_(tasks) {}

  void push() {
    queue_.fetch_add(1, std::memory_order_seq_cst);
    call();
  }

  void serve(std::uint32_t number) {
    bool searching = false;
    while (!over()) {
      bool found = take();
      if (!found && !searching) {
        searching = idle_.begin_search();
        found = take();
      }
      if (found) {
        if (std::exchange(searching, false) && idle_.end_search() && has_work()) call();
        if (--missing_ == 0) end();
        continue;
      }
      idle_.lie_down(number, searching);
      searching = false;
      if (has_work()) call();
      if (over()) return;
      searching = Idle::sleep(seats_[number], {}, {"Pool", this}) == Idle::Seat::Called;
    }
  }

 private:
  bool take() {
    int found = queue_.load(std::memory_order_seq_cst);
    while (found > 0) {
      if (queue_.compare_exchange_strong(found, found - 1, std::memory_order_seq_cst)) return true;
    }
    return false;
  }
  bool has_work() const { return queue_.load(std::memory_order_seq_cst) > 0; }
  bool over() const { return over_.load(std::memory_order_seq_cst) != 0; }

  void call() {
    std::uint32_t number = idle_.call();
    if (number != Idle::Nobody) Idle::wake(seats_[number]);
  }

  void end() {
    over_.exchange(1, std::memory_order_seq_cst);
    for (std::uint32_t number; (number = idle_.take()) != Idle::Nobody;) Idle::wake(seats_[number], Idle::Seat::Told);
  }

  static Idle::Seat& find(void* pool, std::uint32_t number) { return static_cast<ModelPool*>(pool)->seats_[number]; }

  Idle::Seat seats_[3];
  Idle idle_{find, this};
  InModel::Atomic<int> queue_{0};
  InModel::Atomic<int> over_{0};
  int missing_;  // of the model alone: no step, and never stale
};

// A task that nobody comes for is a deadlock, which the model finds.
const auto one_worker = [] {
  ModelPool pool(2);
  together([&] { pool.serve(0); },
           [&] {
             pool.push();
             pool.push();
           });
};

TEST(IdleModel, OneWorkerSleepsBesideNoTask) { model::check_all(one_worker); }

const auto two_workers = [] {
  ModelPool pool(2);
  together([&] { pool.serve(0); }, [&] { pool.serve(1); },
           [&] {
             pool.push();
             pool.push();
           });
};

TEST(IdleModel, TwoWorkersSleepBesideNoTask) { model::check_all(two_workers); }
TEST(IdleModel, TwoWorkersByChance) { model::check_many(two_workers); }

const auto two_bring_work = [] {
  ModelPool pool(3);
  together([&] { pool.serve(0); }, [&] { pool.serve(1); }, [&] { pool.push(), pool.push(); }, [&] { pool.push(); });
};

TEST(IdleModel, TwoBringWorkByChance) { model::check_many(two_bring_work); }

TEST(IdleModel, WakesWithoutReason) { model::check({.preemptions = 1, .stale = 1, .spurious = 1}, one_worker); }

// While one is on his way nobody else is called, whatever is pushed.
TEST(IdleModel, OneIsCalledAtATime) {
  model::check_all([] {
    work::Idle<InModel>::Seat seats[2];
    work::Idle<InModel> idle(
        [](void* table, std::uint32_t n) -> auto& { return static_cast<work::Idle<InModel>::Seat*>(table)[n]; }, seats);
    idle.lie_down(0, false);
    idle.lie_down(1, false);
    int called = 0;
    auto call = [&] { called += idle.call() != idle.Nobody; };
    together(call, call);
    require(called == 1, "the second call relies on the first");
    require(idle.end_search(), "the one who was called searches");
    require(idle.call() == 0, "then the next one below is called");
  });
}

}  // namespace
}  // namespace weft::test
