// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "pthread.hpp"
#include "workload.hpp"

int main(int argc, char** argv) { return bench::thread_main<Pthread<0>>(argc, argv); }
