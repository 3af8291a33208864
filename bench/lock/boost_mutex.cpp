// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <boost/thread/mutex.hpp>

#include "workload.hpp"

int main(int argc, char** argv) { return bench::lock_main<boost::mutex>(argc, argv); }
