// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <array>
#include <cmath>

#include "workload.hpp"

// After what it would break: it makes macros of go, co_yield and __const__.
#include <libgo/coroutine.h>

namespace {

struct Libgo {
  struct Many {
    int left = 0;
    co_chan<bool> done{1};
    void reserve(int) {}
  };

  template <class F>
  static void start(Many& all, F f) {
    ++all.left;
    go[f, &all] {
      f();
      if (--all.left == 0) all.done << true;
    };
  }
  static void join(Many& all) { all.done >> nullptr; }
  static void yield() { co_yield; }
  static void sleep(double seconds) { usleep(std::lround(seconds * 1e6)); }

  class Event {
   public:
    void wait() {
      std::unique_lock<co_mutex> held(mutex_);
      condition_.wait(held, [this] { return set_; });
      set_ = false;
    }
    void wait_only() {
      std::unique_lock<co_mutex> held(mutex_);
      condition_.wait(held, [this] { return set_; });
    }
    void set() {
      std::unique_lock<co_mutex> held(mutex_);
      set_ = true;
      condition_.fast_notify_all(held);
    }

   private:
    co_mutex mutex_;
    co_condition_variable condition_;
    bool set_ = false;
  };
  class Queue {
   public:
    void put(int item) { channel_ << item; }
    int get() {
      int item = 0;
      channel_ >> item;
      return item;
    }

   private:
    co_chan<int> channel_;
  };
  using Lock = co_mutex;
};

}  // namespace

int main(int argc, char** argv) {
  int status = 1;
  go[&] {
    status = bench::green_main<Libgo>(argc, argv);
    co_sched.Stop();
  };
  co_sched.Start(1);
  return status;
}
