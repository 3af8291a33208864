// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <boost/fiber/all.hpp>
#include <boost/fiber/pooled_fixedsize_stack.hpp>
#include <chrono>
#include <cmath>

#include "workload.hpp"

namespace {

namespace fibers = boost::fibers;

struct Boost {
  using Many = std::vector<fibers::fiber>;

  template <class F>
  static void start(Many& all, F f) {
    static fibers::pooled_fixedsize_stack stacks(16 * 1024);
    all.emplace_back(std::allocator_arg, stacks, f);
  }
  static void join(Many& all) {
    for (fibers::fiber& one : all) one.join();
  }
  static void yield() { boost::this_fiber::yield(); }
  static void sleep(double seconds) {
    boost::this_fiber::sleep_for(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
  }

  class Event {
   public:
    void wait() {
      std::unique_lock<fibers::mutex> held(mutex_);
      condition_.wait(held, [this] { return set_; });
      set_ = false;
    }
    void wait_only() {
      std::unique_lock<fibers::mutex> held(mutex_);
      condition_.wait(held, [this] { return set_; });
    }
    void set() {
      {
        std::unique_lock<fibers::mutex> held(mutex_);
        set_ = true;
      }
      condition_.notify_all();
    }

   private:
    fibers::mutex mutex_;
    fibers::condition_variable condition_;
    bool set_ = false;
  };
  class Queue {
   public:
    void put(int item) { channel_.push(item); }
    int get() { return channel_.value_pop(); }

   private:
    fibers::unbuffered_channel<int> channel_;
  };
  using Lock = fibers::mutex;
};

}  // namespace

int main(int argc, char** argv) { return bench::green_main<Boost>(argc, argv); }
