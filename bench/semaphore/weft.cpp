// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/threading/semaphore.hpp>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::semaphore_main<weft::threading::Semaphore>(argc, argv); }
