// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/gevent.hpp>
#include <weft/queue.hpp>
#include <weft/threading.hpp>

#include "workload.hpp"

namespace {

using weft::gevent::Greenlet, weft::gevent::spawn;

struct Weft {
  using Many = std::vector<Greenlet<>>;

  template <class F>
  static void start(Many& all, F f) {
    all.push_back(spawn(f));
  }
  static void join(const Many& all) {
    for (const Greenlet<>& each : all) each.join();
  }
  static void yield() { weft::gevent::sleep(0); }
  static void sleep(double seconds) { weft::gevent::sleep(seconds); }

  class Event {
   public:
    void wait() {
      event_.wait();
      event_.clear();
    }
    void wait_only() { event_.wait(); }
    void set() { event_.set(); }

   private:
    weft::threading::Event event_;
  };
  class Queue {
   public:
    void put(int item) { queue_.put(item); }
    int get() { return queue_.get(); }

   private:
    weft::queue::Queue<int> queue_{1};
  };
  using Lock = weft::threading::Lock;
};

}  // namespace

int main(int argc, char** argv) { return bench::green_main<Weft>(argc, argv); }
