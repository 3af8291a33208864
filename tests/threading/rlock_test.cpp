// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/rlock.hpp"

#include "contracts/crews.hpp"
#include "contracts/rlock.hpp"

namespace weft::test {
namespace {

using threading::RLock;

using Holes = EveryCrew<RLock>;
INSTANTIATE_TYPED_TEST_SUITE_P(RLock, BaseLockTests, Holes, CrewNames);
INSTANTIATE_TYPED_TEST_SUITE_P(RLock, RLockTests, Holes, CrewNames);

constinit RLock at_static_initialisation;
static_assert(sizeof(RLock) == 12);
static_assert(std::is_trivially_destructible_v<RLock>);

TEST(RLockTest, IsConstinit) {
  std::scoped_lock outer(at_static_initialisation);
  std::scoped_lock inner(at_static_initialisation);
  EXPECT_TRUE(at_static_initialisation.locked());
}

TEST(RLockTest, Locked) {
  RLock lock;
  EXPECT_FALSE(lock.locked());
  lock.acquire();
  lock.acquire();
  lock.release();
  EXPECT_TRUE(lock.locked());
  lock.release();
  EXPECT_FALSE(lock.locked());
}

}  // namespace
}  // namespace weft::test
