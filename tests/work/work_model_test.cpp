// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// How a Work says how far it is: run, cancelled, set, waited for, in every way.
#include <gtest/gtest.h>

#include "support/model/model.hpp"
#include "work/model_work.hpp"

namespace weft::test {
namespace {

using model::require, model::together;

const auto run_cancel_wait = [] {
  ModelWork work;
  bool ran = false, cancelled = false;
  together([&] { ran = work.run(); }, [&] { cancelled = work.cancel(); },
           [&] {
             require(work.wait(), "it is completed by one of them");
             if (work.finished()) require(work.result == 7, "who waited sees the result");
           });
  require(ran != cancelled, "one of them, and no more");
};

TEST(WorkModel, RunCancelWait) { model::check_all(run_cancel_wait); }

// The worker that it was given to, and one who waits for it and runs it himself.
TEST(WorkModel, TwoWhoWouldRunIt) {
  model::check_all([] {
    ModelWork work;
    int ran = 0;
    auto worker = [&] { ran += work.run(); };
    auto waiter = [&] {
      if (work.run()) {
        ++ran;
      } else {
        work.wait();
      }
      require(work.result == 7, "the result is there");
    };
    together(worker, waiter, waiter);
    require(ran == 1, "it is run once");
  });
}

const auto two_setters = [] {
  ModelWork work;
  int set = 0, cancelled = 0;
  together([&] { set += work.set(1); }, [&] { set += work.set(2); }, [&] { cancelled += work.cancel(); },
           [&] {
             if (work.wait(1) && work.finished()) require(work.result != 0, "who waited sees the result");
           });
  require(set + cancelled == 1, "one of them, and no more");
};

TEST(WorkModel, TwoWhoSetItAndOneWhoCancels) { model::check_all(two_setters); }

// Who wants to be told is told once, or has taken that back.
const auto told_or_forgotten = [] {
  ModelWork work;
  ModelWork::Ear stays(true), goes(false);
  bool forgotten = false;
  together([&] { work.run(); },
           [&] {
             goes.told = 0;
             stays.told = 0;
             work.tell(goes);
             work.tell(stays);
             forgotten = work.forget(goes);
             if (forgotten) goes.told = 1;  // it is ours again
           },
           [&] { work.cancel(); });
  require(stays.told == 1, "who stayed is told once");
  require(goes.told == 1, "who went is told, or had taken it back");
};

TEST(WorkModel, ToldOrForgotten) { model::check_all(told_or_forgotten); }

// One of a Promise is done when it is cancelled, and settled when that was noticed.
const auto told_when_settled = [] {
  ModelWork work;
  ModelWork::Ear of_done(false), of_settled(true);
  bool cancelled = false, noticed = false;
  together([&] { cancelled = work.cancel(detail::WorkWord::Cancelled); },
           [&] {
             work.tell(of_settled);
             work.tell(of_done);
           },
           [&] { noticed = work.notify(); });
  require(cancelled && of_done.told == 1, "told that it is done");
  require(of_settled.told == (noticed ? 1 : 0), "told when it is settled, and not before");
};

TEST(WorkModel, ToldWhenSettled) { model::check_all(told_when_settled); }

TEST(WorkModel, ItsOrdersAreNeeded) {
  auto weakened = model::weaken_each({.stale = 1}, {run_cancel_wait, two_setters, told_or_forgotten});
  EXPECT_TRUE(weakened.report.holds()) << weakened.report;
  // Where it is left pending: what it pairs with, the queue by which the work came, is not in the model. Where it is
  // being set: the setters have nothing in common but this word.
  EXPECT_LE(weakened.unnoticed.size(), 3u) << weakened;
}

}  // namespace
}  // namespace weft::test
