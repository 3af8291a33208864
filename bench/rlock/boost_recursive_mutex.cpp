// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <boost/thread/recursive_mutex.hpp>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::rlock_main<boost::recursive_mutex>(argc, argv); }
