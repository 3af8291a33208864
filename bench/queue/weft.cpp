// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "weft.hpp"

#include "workload.hpp"

int main(int argc, char** argv) { return bench::queue_main<bench::WeftQueue, bench::WeftQueue>(argc, argv); }
