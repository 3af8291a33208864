// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <absl/synchronization/mutex.h>

#include "workload.hpp"

struct Monitor {
  absl::Mutex mutex;
  absl::CondVar condition;

  void lock() { mutex.Lock(); }
  void unlock() { mutex.Unlock(); }
  void wait() { condition.Wait(&mutex); }
  void notify() { condition.Signal(); }
};

int main(int argc, char** argv) {
  // Debian builds it with assertions, and so with a search for deadlocks that users of a release do not pay for.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return bench::condition_main<Monitor>(argc, argv);
}
