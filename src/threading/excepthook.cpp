// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <cxxabi.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>

#include "threading/body.hpp"

namespace weft::threading {
namespace {

constinit std::atomic<ExceptHook> excepthook{default_excepthook};

// In one write, so that two threads that fail do not mix their words.
void say(const std::string& text) noexcept {
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

std::string describe(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& e) {
    const char* type = abi::__cxa_current_exception_type()->name();
    std::unique_ptr<char, void (*)(void*)> demangled(abi::__cxa_demangle(type, nullptr, nullptr, nullptr), std::free);
    return std::string(demangled ? demangled.get() : type) + ": " + e.what();
  } catch (...) {
    const char* type = abi::__cxa_current_exception_type()->name();
    std::unique_ptr<char, void (*)(void*)> demangled(abi::__cxa_demangle(type, nullptr, nullptr, nullptr), std::free);
    return demangled ? demangled.get() : type;
  }
}

}  // namespace

ExceptHook set_excepthook(ExceptHook hook) noexcept {
  return excepthook.exchange(hook != nullptr ? hook : default_excepthook);
}

void default_excepthook(const ExceptHookArgs& args) {
  say("Exception in thread " + args.thread.name() + ":\n" + describe(args.exception) + "\n");
}

void report_exception(const BodyPtr& body) noexcept {
  ExceptHookArgs args{std::current_exception(), Thread(body)};
  try {
    excepthook.load()(args);
  } catch (...) {
    say("Exception in threading.excepthook:\n" + describe(std::current_exception()) + "\n");
    default_excepthook(args);
  }
}

}  // namespace weft::threading
