// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/generator.hpp"

#include "errors.hpp"
#include "wait/flow.hpp"
#include "wait/waiter.hpp"

namespace weft {

GeneratorExit::~GeneratorExit() = default;

}  // namespace weft

namespace weft::detail {

static_assert(GeneratorStack::RoomAlignment <= wait::Flow::RoomAlignment);

// The room begins with this, and goes on with the generator's own.
GeneratorStack& GeneratorStack::make(std::size_t stack_size, std::size_t room, void (*entry)(void* room)) {
  constexpr std::size_t Own = (sizeof(GeneratorStack) + RoomAlignment - 1) / RoomAlignment * RoomAlignment;
  wait::Flow& flow = wait::Flow::make(stack_size, Own + room);
  void* rest = static_cast<char*>(flow.room) + Own;
  flow.start(entry, rest);
  auto* made = ::new (flow.room) GeneratorStack(rest);
  made->flow_ = &flow;
  return *made;
}

void GeneratorStack::enter() noexcept {
  wait::Waiter& me = wait::self();
  os::Context& back = *me.at;
  os::Context& to = static_cast<wait::Flow*>(flow_)->context;
  back_ = &back;
  me.at = &to;
  os::Context::turn(back, to);
}

// Whoever calls enter() next may be somebody else.
void GeneratorStack::leave() noexcept {
  auto& back = *static_cast<os::Context*>(back_);
  wait::self().at = &back;
  os::Context::turn(static_cast<wait::Flow*>(flow_)->context, back);
}

void GeneratorStack::end() noexcept {
  auto& back = *static_cast<os::Context*>(back_);
  wait::self().at = &back;
  os::Context::leave(static_cast<wait::Flow*>(flow_)->context, back);
}

void GeneratorStack::drop() noexcept { static_cast<wait::Flow*>(flow_)->drop(); }

void report_ignored(const std::exception_ptr& exception) noexcept {
  say("Exception ignored in a generator that was dropped:\n" + describe(exception) + "\n");
}

}  // namespace weft::detail
