// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/support.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <random>
#include <system_error>

#include "os/sanitizer.hpp"
#include "support/watchdog.hpp"

namespace weft::test {

double patience() {
#if defined(WEFT_TSAN)
  return 6;
#elif defined(WEFT_ASAN)
  return 3;
#else
  return 1;
#endif
}

void limit(double seconds) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  Watchdog::watch(std::string(test->test_suite_name()) + "." + test->name(), seconds);
}

bool stressed() {
  const char* set = ::getenv("WEFT_STRESS");
  return set != nullptr && *set != '\0' && *set != '0';
}

std::uint64_t seed() {
  const char* given = ::getenv("WEFT_TEST_SEED");
  std::uint64_t value = given != nullptr ? std::stoull(given) : std::random_device()() * 0x9e3779b97f4a7c15ULL;
  std::printf("[   SEED   ] WEFT_TEST_SEED=%llu\n", static_cast<unsigned long long>(value));
  std::fflush(stdout);
  return value;
}

TempFolder::TempFolder() : path_(std::filesystem::temp_directory_path() / "test-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp " + path_);
}

TempFolder::~TempFolder() { std::filesystem::remove_all(path_); }

}  // namespace weft::test
