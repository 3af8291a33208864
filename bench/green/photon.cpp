// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <photon/common/alog.h>
#include <photon/photon.h>
#include <photon/thread/thread11.h>

#include <cmath>

#include "workload.hpp"

namespace {

struct Photon {
  using Many = std::vector<photon::join_handle*>;

  template <class F>
  static void start(Many& all, F f) {
    all.push_back(photon::thread_enable_join(photon::thread_create11(64 * 1024, std::move(f))));
  }
  static void join(Many& all) {
    for (photon::join_handle* one : all) photon::thread_join(one);
  }
  static void yield() { photon::thread_yield(); }
  static void sleep(double seconds) { photon::thread_usleep(std::llround(seconds * 1e6)); }

  // No wait_only(): a stack takes two mappings, and Linux lets a process have 65,530 of them.
  class Event {
   public:
    void wait() { set_.wait(1); }
    void set() { set_.signal(1); }

   private:
    photon::semaphore set_;
  };
  class Queue {
   public:
    void put(int item) {
      free_.wait(1);
      item_ = item;
      full_.signal(1);
    }
    int get() {
      full_.wait(1);
      int item = item_;
      free_.signal(1);
      return item;
    }

   private:
    photon::semaphore free_{1}, full_{0};
    int item_ = 0;
  };
  using Lock = photon::mutex;
};

}  // namespace

int main(int argc, char** argv) {
  log_output = log_output_null;
  photon::PhotonOptions options;
  options.use_pooled_stack_allocator = photon::STACK_ALLOCATOR_POOLED;
  if (photon::init(photon::INIT_EVENT_DEFAULT, photon::INIT_IO_NONE, options) != 0) return 1;
  int status = bench::green_main<Photon>(argc, argv);
  photon::fini();
  return status;
}
