// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/threading/lock.hpp>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::lock_main<weft::threading::Lock>(argc, argv); }
