// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

#include "os/context.hpp"
#include "os/stack.hpp"

namespace weft::wait {

/// A context with a stack, for who goes there of its own accord and by no hub: a
/// greenlet, a generator. It lies at the top of that stack, so making one takes
/// nothing but the stack.
///
/// Whoever goes there or leaves keeps Waiter::at right: it is where the waiter
/// rests from.
struct Flow {
  static constexpr std::size_t RoomAlignment = 64;

  /// One with room for so many bytes of its owner's; `stack_size` 0 means as much
  /// as a green thread has. Throws std::bad_alloc.
  static Flow& make(std::size_t stack_size, std::size_t room);

  /// See os::Context::start().
  void start(void (*entry)(void*), void* argument) noexcept;

  /// Gives the stack back, to the thread that calls this. Nobody runs on it; what
  /// was left on it is forgotten.
  void drop() noexcept;

  os::Context context;
  os::Stack stack;
  void* room;
};

}  // namespace weft::wait
