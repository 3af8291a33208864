# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Floor by floor, bottom to top; inside a folder by name.
set(WEFT_SOURCES
  src/errors.cpp
  src/os/futex.cpp
  src/os/clock.cpp
)

file(GLOB_RECURSE WEFT_HEADERS CONFIGURE_DEPENDS include/weft/*.hpp)
