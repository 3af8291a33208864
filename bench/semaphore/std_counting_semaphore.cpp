// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <semaphore>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::semaphore_main<std::counting_semaphore<>>(argc, argv); }
