// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include "os/stack_pool.hpp"

namespace weft::wait {

/// The stacks of this OS thread: for its green threads, greenlets and generators.
/// From the first call on, who runs into the guard below one of them is named.
os::StackPool& stacks();

/// Leaves them to a thread that will need some, as this one ends.
void hand_on_stacks() noexcept;

}  // namespace weft::wait
