// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <nsync.h>

#include "workload.hpp"

struct Lock {
  nsync::nsync_mu mu = NSYNC_MU_INIT;

  void lock() { nsync::nsync_mu_lock(&mu); }
  void unlock() { nsync::nsync_mu_unlock(&mu); }
};

int main(int argc, char** argv) { return bench::lock_main<Lock>(argc, argv); }
