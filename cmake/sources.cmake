# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Floor by floor, bottom to top; inside a folder by name.
set(WEFT_SOURCES
  src/errors.cpp
  src/os/clock.cpp
  src/os/futex.cpp
  src/os/mutex.cpp
  src/wait/fork.cpp
  src/wait/in_process.cpp
  src/wait/in_shared.cpp
  src/wait/lot.cpp
  src/wait/roll.cpp
  src/wait/waiter.cpp
  src/threading/barrier.cpp
  src/threading/condition.cpp
  src/threading/event.cpp
  src/threading/lock.cpp
  src/threading/rlock.cpp
  src/threading/semaphore.cpp
)

file(GLOB_RECURSE WEFT_HEADERS CONFIGURE_DEPENDS include/weft/*.hpp)
