// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/errors.hpp"

#include <cxxabi.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "errors.hpp"
#include "weft/timeout.hpp"

namespace weft {

// The destructors are here so that each type's typeinfo exists once.
RuntimeError::~RuntimeError() = default;
ValueError::~ValueError() = default;
TypeError::~TypeError() = default;
TimeoutError::~TimeoutError() = default;
OSError::~OSError() = default;
GreenletExit::~GreenletExit() = default;
LoopExit::~LoopExit() = default;

TimeoutError::TimeoutError() : std::runtime_error("timed out") {}

OSError::OSError(int error, std::string call) : std::system_error(error, std::generic_category(), call) {
  text_ = "[Errno " + std::to_string(error) + "] " + std::generic_category().message(error) + ": '" + call + "'";
}

}  // namespace weft

namespace weft::detail {

void throw_not_a_number() { throw ValueError("Invalid value NaN (not a number)"); }

std::string type_name(const std::type_info& type) {
  std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, nullptr), std::free);
  return name ? name.get() : type.name();
}

std::string describe(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& e) {
    return type_name(*abi::__cxa_current_exception_type()) + ": " + e.what();
  } catch (...) {
    return type_name(*abi::__cxa_current_exception_type());
  }
}

void say(const std::string& text) noexcept {
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace weft::detail
