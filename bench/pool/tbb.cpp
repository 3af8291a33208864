// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "tbb.hpp"

#include "workload.hpp"

int main(int argc, char** argv) { return bench::pool_main<bench::TbbPool>(argc, argv); }
