// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <unistd.h>

#include <cstddef>

namespace weft::os {

/// In bytes, as this system has them.
inline std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

/// Memory for a thread's stack, with a page at its low end that nobody may touch.
struct Stack {
  void* base = nullptr;  // the lowest usable address
  std::size_t size = 0;  // usable bytes
  unsigned uses = 0;     // how many times it was given back
};

/// A stack of at least `size` bytes, one used before if there is one: making
/// one anew costs more than the rest of starting a thread. Throws std::bad_alloc.
Stack take_stack(std::size_t size);

/// For a stack that nobody runs on any more.
void give_back_stack(Stack stack) noexcept;

/// What ulimit -s says, or 8 MiB where it says nothing.
std::size_t default_stack_size() noexcept;

/// fork(): taken before, let go after.
void lock_stacks() noexcept;
void unlock_stacks() noexcept;

}  // namespace weft::os
