// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/semaphore.hpp"

#include "contracts/bounded_semaphore.hpp"
#include "contracts/crews.hpp"
#include "contracts/semaphore.hpp"

namespace weft::test {
namespace {

using threading::BoundedSemaphore, threading::Semaphore;

using Holes = EveryCrew<Semaphore>;
INSTANTIATE_TYPED_TEST_SUITE_P(Semaphore, BaseSemaphoreTests, Holes, CrewNames);
INSTANTIATE_TYPED_TEST_SUITE_P(Semaphore, SemaphoreTests, Holes, CrewNames);

using BoundedHoles = EveryCrew<BoundedSemaphore>;
INSTANTIATE_TYPED_TEST_SUITE_P(BoundedSemaphore, BaseSemaphoreTests, BoundedHoles, CrewNames);
INSTANTIATE_TYPED_TEST_SUITE_P(BoundedSemaphore, BoundedSemaphoreTests, BoundedHoles, CrewNames);

TEST(SemaphoreTest, TooManyPermits) {
  EXPECT_THROW(Semaphore((1 << 30) + 1), ValueError);
  Semaphore most(1 << 30);
  EXPECT_TRUE(most.acquire(0));
  most.release();
}

}  // namespace
}  // namespace weft::test
