// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/deadline.hpp"

namespace weft {

Timeout Timeout::from_now() const noexcept { return wait::Deadline(*this).timeout(); }

}  // namespace weft
