// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <marl/event.h>
#include <marl/scheduler.h>
#include <marl/waitgroup.h>

#include <chrono>
#include <cmath>

#include "workload.hpp"

namespace {

struct Marl {
  struct Many {
    marl::WaitGroup left;
    void reserve(int) {}
  };

  template <class F>
  static void start(Many& all, F f) {
    all.left.add();
    marl::schedule([f, left = all.left] {
      f();
      left.done();
    });
  }
  static void join(Many& all) { all.left.wait(); }
  static void sleep(double seconds) {
    marl::Event never;
    never.wait_for(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
  }

  class Event {
   public:
    void wait() { event_.wait(); }
    void wait_only() {
      event_.wait();
      event_.signal();  // the next one
    }
    void set() { event_.signal(); }

   private:
    marl::Event event_;
  };
};

}  // namespace

int main(int argc, char** argv) {
  marl::Scheduler scheduler{marl::Scheduler::Config()};
  scheduler.bind();
  int status = bench::green_main<Marl>(argc, argv);
  marl::Scheduler::unbind();
  return status;
}
