// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/flow.hpp"

#include <cstdint>
#include <new>

#include "wait/hub.hpp"
#include "wait/stacks.hpp"

namespace weft::wait {

Flow& Flow::make(std::size_t stack_size, std::size_t room) {
  const os::Stack stack = stacks().take(stack_size != 0 ? stack_size : Hub::DefaultStackSize);
  const std::uintptr_t top = reinterpret_cast<std::uintptr_t>(stack.base) + stack.size;
  const std::uintptr_t at = (top - sizeof(Flow)) & ~(RoomAlignment - 1);
  const std::uintptr_t room_at = (at - room) & ~(RoomAlignment - 1);
  return *new (reinterpret_cast<void*>(at)) Flow{{}, stack, reinterpret_cast<void*>(room_at)};
}

void Flow::start(void (*entry)(void*), void* argument) noexcept {
  const auto size = static_cast<std::size_t>(static_cast<char*>(room) - static_cast<char*>(stack.base));
  context.start({stack.base, size}, entry, argument);
}

void Flow::drop() noexcept {
  const os::Stack whole = stack;
  this->~Flow();
  stacks().give_back(whole);
}

}  // namespace weft::wait
