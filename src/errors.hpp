// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <exception>
#include <string>
#include <typeinfo>

namespace weft::detail {

/// "std::vector<int>", as one would write it.
std::string type_name(const std::type_info& type);

/// "weft::ValueError: text", or the type alone where there is no text.
std::string describe(const std::exception_ptr& exception);

/// Writes to stderr, in one go, so that two threads that fail do not mix their words.
void say(const std::string& text) noexcept;

/// Calls the hook; if that throws, says so of the hook of `module`, and calls the usual one.
template <class Args>
void call_excepthook(const std::atomic<void (*)(const Args&)>& hook, void (*usual)(const Args&), const char* module,
                     const Args& args) {
  try {
    hook.load()(args);
  } catch (...) {
    say("Exception in " + std::string(module) + ".excepthook:\n" + describe(std::current_exception()) + "\n");
    usual(args);
  }
}

}  // namespace weft::detail
