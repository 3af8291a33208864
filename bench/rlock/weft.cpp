// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/threading/rlock.hpp>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::rlock_main<weft::threading::RLock>(argc, argv); }
