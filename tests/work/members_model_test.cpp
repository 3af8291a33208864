// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The end of a TaskGroup: who enters, who cancels, and who waits for all.
#include "work/members.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "work/model_work.hpp"

namespace weft::test {
namespace {

using model::require, model::together;

struct ModelMember {
  bool pending() const { return task->pending(); }
  bool done() const { return task->done(); }
  void cancel() { task->cancel(); }
  void wait() { task->wait(); }
  friend bool operator==(const ModelMember&, const ModelMember&) = default;

  ModelWork* task;
};

class ModelGroup {
 public:
  void enter(ModelWork& task) {
    members_.enter(ModelMember{&task}, [](auto&) {});
    if (stopped()) task.cancel();
  }
  void cancel(const std::function<void()>& called = [] {}) {
    members_.cancel([&] {
      stop_.store(1, std::memory_order_seq_cst);
      called();
    });
  }
  bool within_cancel() { return members_.within_cancel(); }
  void wait() {
    require(members_.wait([this](auto&) { ++seen; }, [this] { return stopped(); }) == nullptr, "all were waited for");
  }

  int seen = 0;

 private:
  bool stopped() { return stop_.load(std::memory_order_seq_cst) != 0; }

  work::Members<InModel, ModelMember> members_;
  InModel::Atomic<int> stop_{0};
};

// Whoever leaves the group finds each task taken by one, and what it would call
// destroyed: read while somebody still destroys it, it would be a race.
void require_ended(ModelWork& work) {
  require(work.claims == 1, "it was run or cancelled, and once");
  require(work.target.get() == 0, "what it would call is gone");
}

// One task is run, perhaps; no worker comes for the other.
const auto one_runs_one_waits = [] {
  ModelGroup group;
  ModelWork first, second;
  group.enter(first);
  group.enter(second);
  together([&] { first.run(); }, [&] { group.cancel(); },
           [&] {
             group.wait();
             require_ended(first);
             require_ended(second);
             require(group.seen == 2, "each was seen");
           });
};

TEST(MembersModel, OneRunsAndOneIsCancelled) { model::check_all(one_runs_one_waits); }
TEST(MembersModel, OneRunsAndOneIsCancelledByChance) { model::check_many(one_runs_one_waits); }

// Who is called by the one who cancels is told that he must not wait for the group, and
// nobody else is.
const auto called_within_cancel = [] {
  ModelGroup group;
  ModelWork work;
  group.enter(work);
  auto cancel = [&] {
    group.cancel([&] { require(group.within_cancel(), "he is called by cancel()"); });
    require(!group.within_cancel(), "that has ended");
  };
  together(cancel, cancel, [&] {
    require(!group.within_cancel(), "this one is not called by it");
    work.run();
  });
  group.wait();
  require_ended(work);
};

TEST(MembersModel, OneIsCalledWithinCancelByChance) { model::check_many(called_within_cancel); }

TEST(MembersModel, TwoCancel) {
  model::check_all([] {
    ModelGroup group;
    ModelWork work;
    group.enter(work);
    together([&] { group.cancel(); }, [&] { group.cancel(); },
             [&] {
               group.wait();
               require_ended(work);
             });
  });
}

// A task enters another one while the group is cancelled.
const auto enters_late = [] {
  ModelGroup group;
  ModelWork first, late;
  group.enter(first);
  together(
      [&] {
        if (!first.begin()) return;
        group.enter(late);
        first.end();
      },
      [&] { group.cancel(); },
      [&] {
        group.wait();
        require_ended(first);
        require(late.claims == (group.seen == 2), "what was entered has ended");
      });
};

TEST(MembersModel, OneEntersLate) { model::check_all(enters_late); }
TEST(MembersModel, OneEntersLateByChance) { model::check_many(enters_late); }

}  // namespace
}  // namespace weft::test
