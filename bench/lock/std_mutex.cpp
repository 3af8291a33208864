// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <mutex>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::lock_main<std::mutex>(argc, argv); }
