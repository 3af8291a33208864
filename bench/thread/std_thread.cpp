// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "workload.hpp"

int main(int argc, char** argv) { return bench::thread_main<std::thread>(argc, argv); }
