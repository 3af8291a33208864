// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <condition_variable>
#include <mutex>

#include "workload.hpp"

struct Monitor {
  std::mutex mutex;
  std::condition_variable condition;

  void lock() { mutex.lock(); }
  void unlock() { mutex.unlock(); }
  void wait() {
    std::unique_lock held(mutex, std::adopt_lock);
    condition.wait(held);
    held.release();
  }
  void notify() { condition.notify_one(); }
};

int main(int argc, char** argv) { return bench::condition_main<Monitor>(argc, argv); }
