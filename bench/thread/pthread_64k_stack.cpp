// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "pthread.hpp"
#include "workload.hpp"

// glibc keeps 40 MiB of stacks for reuse: five of the usual ones, and 640 of these.
int main(int argc, char** argv) { return bench::thread_main<Pthread<64 * 1024>>(argc, argv); }
