// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <tbb/spin_mutex.h>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::lock_main<tbb::spin_mutex>(argc, argv); }
