// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <atomic>

#include "errors.hpp"
#include "threading/body.hpp"

namespace weft::threading {
namespace {

constinit std::atomic<ExceptHook> excepthook{default_excepthook};

}  // namespace

ExceptHook set_excepthook(ExceptHook hook) noexcept {
  return excepthook.exchange(hook != nullptr ? hook : default_excepthook);
}

void default_excepthook(const ExceptHookArgs& args) {
  detail::say("Exception in thread " + args.thread.name() + ":\n" + detail::describe(args.exception) + "\n");
}

void report_exception(const BodyPtr& body) noexcept {
  detail::call_excepthook(excepthook, default_excepthook, "threading",
                          ExceptHookArgs{std::current_exception(), Thread(body)});
}

}  // namespace weft::threading
