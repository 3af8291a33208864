// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/event.hpp"

#include "contracts/crews.hpp"
#include "contracts/event.hpp"

namespace weft::test {
namespace {

using threading::Event;

using Holes = EveryCrew<Event>;
INSTANTIATE_TYPED_TEST_SUITE_P(Event, EventTests, Holes, CrewNames);

constinit Event at_static_initialisation;
static_assert(sizeof(Event) == 4);

TEST(EventTest, IsConstinit) { EXPECT_FALSE(at_static_initialisation.is_set()); }

}  // namespace
}  // namespace weft::test
