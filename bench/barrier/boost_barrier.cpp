// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <boost/thread/barrier.hpp>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::barrier_main<boost::barrier>(argc, argv); }
