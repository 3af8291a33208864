// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <filesystem>
#include <string>

#include "support/hygiene.hpp"
#include "support/support.hpp"
#include "support/watchdog.hpp"

namespace weft::test {
namespace {

constexpr double UsualLimit = 30, ExitLimit = 30;

class Guard : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo& test) override {
    Watchdog::watch(std::string(test.test_suite_name()) + "." + test.name(), UsualLimit);
    began_ = ::time(nullptr);
    before_ = Belongings::look(began_);
  }

  // The fixture is gone by now. A thread on its way out, a descriptor that is
  // being closed elsewhere, get a moment.
  void OnTestEnd(const ::testing::TestInfo&) override {
    std::string left;
    auto clean = [&] {
      left = Belongings::look(began_).beyond(before_);
      return left.empty();
    };
    if (!wait_until(clean, 1)) ADD_FAILURE() << "The test left something behind:\n" << left;
  }

  void OnTestProgramEnd(const ::testing::UnitTest&) override { Watchdog::watch("the end of the process", ExitLimit); }

  long began_ = 0;
  Belongings before_;
};

}  // namespace
}  // namespace weft::test

// libstdc++ counts who holds an exception, out of ThreadSanitizer's sight: it takes
// the end of one for a race with those who looked at it before.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // there is always a second thread, the watchdog
  weft::test::Watchdog::start();
  if (::testing::internal::InDeathTestChild()) return RUN_ALL_TESTS();  // the parent looks after it

  std::string temp = std::filesystem::temp_directory_path() / "weft-tests-XXXXXX";
  if (::mkdtemp(temp.data()) == nullptr || ::setenv("TMPDIR", temp.c_str(), 1) != 0) return 1;
  ::testing::UnitTest::GetInstance()->listeners().Append(new weft::test::Guard);
  int failed = RUN_ALL_TESTS();
  std::filesystem::remove_all(temp);
  return failed;
}
