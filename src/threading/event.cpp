// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/event.hpp"

#include "sync/event.hpp"
#include "wait/waiter.hpp"

namespace weft::threading {

void Event::set() noexcept { sync::set_event<wait::InProcess>(word_); }

[[gnu::flatten]] bool Event::wait_slow(const Timeout& timeout) {
  return sync::wait_event<wait::InProcess>(word_, timeout, {"Event", this}) || wait::in_vain();
}

}  // namespace weft::threading
