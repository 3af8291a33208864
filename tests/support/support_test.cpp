// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/support.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "support/crew.hpp"

namespace weft::test {
namespace {

TEST(WaitUntil, ReturnsOnceThePredicateHolds) {
  int asked = 0;
  EXPECT_TRUE(wait_until([&] { return ++asked == 5; }));
  EXPECT_EQ(asked, 5);
}

TEST(WaitUntil, GivesUpAfterItsTime) {
  std::int64_t begin = real_now();
  EXPECT_FALSE(wait_until([] { return false; }, 0.02));
  EXPECT_GE(real_now() - begin, 20'000'000);
}

TEST(BunchTest, EveryHandRunsOnceAndKnowsItsNumber) {
  std::atomic<unsigned> seen{0};
  Bunch<OsThreads> bunch(5, [&](int hand) { seen.fetch_or(1u << hand); });
  ASSERT_TRUE(bunch.wait_for_finished());
  EXPECT_EQ(seen, 0b11111u);
}

TEST(BunchTest, HandsStayUntilTheyMayFinish) {
  Bunch<OsThreads> bunch(2, [] {}, {.wait_before_exit = true});
  ASSERT_TRUE(bunch.wait_for_finished());
  EXPECT_EQ(bunch.started(), 2);
  bunch.finish();
}

TEST(TempFolderTest, IsGoneWithItsFiles) {
  std::string path;
  {
    TempFolder folder;
    path = folder.path();
    std::ofstream(path + "/file") << "text";
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace weft::test
