// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "contracts/queue.hpp"

#include <gtest/gtest.h>

#include "contracts/crews.hpp"

namespace weft::test {
namespace {

template <class T>
using Holes = EveryCrew<T>;

INSTANTIATE_TYPED_TEST_SUITE_P(Queue, QueueTests, Holes<queue::Queue<int>>, CrewNames);
INSTANTIATE_TYPED_TEST_SUITE_P(LifoQueue, QueueTests, Holes<queue::LifoQueue<int>>, CrewNames);
INSTANTIATE_TYPED_TEST_SUITE_P(PriorityQueue, QueueTests, Holes<queue::PriorityQueue<int>>, CrewNames);

}  // namespace
}  // namespace weft::test
