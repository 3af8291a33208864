// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

namespace weft::wait {

/// A thread that ends gives away what detail::Recycled keeps for it.
void hand_on_blocks() noexcept;

}  // namespace weft::wait
