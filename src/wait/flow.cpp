// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/flow.hpp"

#include <cstdint>
#include <new>

#include "wait/hub.hpp"
#include "wait/stacks.hpp"

namespace weft::wait {

Flow& Flow::make(std::size_t stack_size, std::size_t room, void (*entry)(void*), void* argument) {
  const os::Stack stack = stacks().take(stack_size != 0 ? stack_size : Hub::DefaultStackSize);
  const auto base = reinterpret_cast<std::uintptr_t>(stack.base);
  const std::uintptr_t at = (base + stack.size - sizeof(Flow)) & ~(RoomAlignment - 1);
  const std::uintptr_t room_at = (at - room) & ~(RoomAlignment - 1);
  auto* flow = new (reinterpret_cast<void*>(at)) Flow{{}, stack, reinterpret_cast<void*>(room_at)};
  const os::Stack rest{stack.base, room_at - base};
  flow->context.start(rest, entry, argument != nullptr ? argument : flow->room);
  return *flow;
}

void Flow::drop() noexcept {
  const os::Stack whole = stack;
  this->~Flow();
  stacks().give_back(whole);
}

}  // namespace weft::wait
