// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <boost/thread/thread.hpp>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::thread_main<boost::thread>(argc, argv); }
