// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <mutex>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::rlock_main<std::recursive_mutex>(argc, argv); }
