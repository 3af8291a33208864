// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "mutex_cv.hpp"

#include "workload.hpp"

int main(int argc, char** argv) { return bench::pool_main<bench::MutexPool>(argc, argv); }
