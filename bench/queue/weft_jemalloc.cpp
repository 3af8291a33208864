// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <string_view>

#include "weft.hpp"
#include "workload.hpp"

// The strings with another allocator: to make one in one thread and to destroy it in another costs more with glibc's
// than the queue does.
int main(int argc, char** argv) {
  const bool strings = argc > 1 && std::string_view(argv[1]).find("string") != std::string_view::npos;
  return strings ? bench::queue_main<bench::WeftQueue, bench::WeftQueue>(argc, argv) : bench::NotOffered;
}
