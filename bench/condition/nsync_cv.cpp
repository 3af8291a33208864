// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <nsync.h>

#include "workload.hpp"

struct Monitor {
  nsync::nsync_mu mu = NSYNC_MU_INIT;
  nsync::nsync_cv cv = NSYNC_CV_INIT;

  void lock() { nsync::nsync_mu_lock(&mu); }
  void unlock() { nsync::nsync_mu_unlock(&mu); }
  void wait() { nsync::nsync_cv_wait(&cv, &mu); }
  void notify() { nsync::nsync_cv_signal(&cv); }
};

int main(int argc, char** argv) { return bench::condition_main<Monitor>(argc, argv); }
