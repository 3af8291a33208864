// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/errors.hpp"

#include <cstring>

namespace weft {

// The destructors are here so that each type's typeinfo exists once.
RuntimeError::~RuntimeError() = default;
ValueError::~ValueError() = default;
OSError::~OSError() = default;
GreenletExit::~GreenletExit() = default;
LoopExit::~LoopExit() = default;

OSError::OSError(int error, std::string call) : std::system_error(error, std::generic_category(), call) {
  text_ = "[Errno " + std::to_string(error) + "] " + std::generic_category().message(error) + ": '" + call + "'";
}

}  // namespace weft
