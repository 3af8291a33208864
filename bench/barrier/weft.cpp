// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/threading/barrier.hpp>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::barrier_main<weft::threading::Barrier>(argc, argv); }
