// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "contracts/semaphore.hpp"

namespace weft::test {

/// CPython's BoundedSemaphoreTests.
template <class Hole>
class BoundedSemaphoreTests : public ::testing::Test {};
TYPED_TEST_SUITE_P(BoundedSemaphoreTests);

TYPED_TEST_P(BoundedSemaphoreTests, ReleaseUnacquired) {
  constexpr const char* TooMany = "Semaphore released too many times";
  Subject<TypeParam> semaphore;
  EXPECT_TRUE(throws<ValueError>([&] { semaphore->release(); }, TooMany));
  semaphore->acquire();
  semaphore->release();
  EXPECT_TRUE(throws<ValueError>([&] { semaphore->release(); }, TooMany));
}

// ThreadTests.test_BoundedSemaphore_limit.
TYPED_TEST_P(BoundedSemaphoreTests, Limit) {
  for (int limit = 1; limit < 10; ++limit) {
    Subject<TypeParam> semaphore(limit);
    Hands<TypeParam>(limit, [semaphore] { semaphore->acquire(); }).join();
    Hands<TypeParam>(limit, [semaphore] { semaphore->release(); }).join();
    EXPECT_THROW(semaphore->release(), ValueError) << limit;
  }
}

// A release(n) that would give too many gives none.
TYPED_TEST_P(BoundedSemaphoreTests, RefusedReleaseGivesNothing) {
  Subject<TypeParam> semaphore(3);
  semaphore->acquire();
  semaphore->acquire();
  EXPECT_THROW(semaphore->release(3), ValueError);
  EXPECT_TRUE(semaphore->acquire(0));
  EXPECT_FALSE(semaphore->acquire(0));
  semaphore->release(3);
  EXPECT_THROW(semaphore->release(), ValueError);
}

REGISTER_TYPED_TEST_SUITE_P(BoundedSemaphoreTests, ReleaseUnacquired, Limit, RefusedReleaseGivesNothing);

}  // namespace weft::test
