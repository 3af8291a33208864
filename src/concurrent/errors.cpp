// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/concurrent/futures/errors.hpp"

#include <atomic>

#include "errors.hpp"
#include "weft/concurrent/futures/all_any.hpp"
#include "weft/concurrent/futures/promise.hpp"
#include "weft/detail/work.hpp"

namespace weft::concurrent::futures {
namespace {

constinit std::atomic<ExceptHook> excepthook{default_excepthook};

}  // namespace

CancelledError::CancelledError() : std::runtime_error("the future was cancelled") {}
CancelledError::~CancelledError() = default;
InvalidStateError::~InvalidStateError() = default;
BrokenExecutor::~BrokenExecutor() = default;
BrokenThreadPool::~BrokenThreadPool() = default;

ExceptHook set_excepthook(ExceptHook hook) noexcept {
  return excepthook.exchange(hook != nullptr ? hook : default_excepthook);
}

void default_excepthook(const ExceptHookArgs& args) {
  std::string where = args.where;
  if (!where.empty() && where[0] >= 'a') where[0] = static_cast<char>(where[0] - 'a' + 'A');
  detail::say(where + ":\n" + detail::describe(args.exception) + "\n");
}

}  // namespace weft::concurrent::futures

namespace weft::detail {

using namespace concurrent::futures;

void report_unheard(const std::string& where, const std::exception_ptr& exception) noexcept {
  try {
    call_excepthook(excepthook, default_excepthook, "concurrent.futures", ExceptHookArgs{where, exception});
  } catch (...) {  // no memory to say it with
  }
}

void throw_any_of_none() { throw ValueError("any() of no futures has no result"); }
void throw_no_exception() { throw ValueError("set_exception() needs an exception"); }
std::exception_ptr dropped_promise() {
  return std::make_exception_ptr(RuntimeError("the promise was dropped before it had a result"));
}
std::exception_ptr cancelled() { return std::make_exception_ptr(CancelledError()); }
void throw_cancelled() { throw CancelledError(); }
void throw_timed_out() { throw TimeoutError(); }
void throw_invalid_state(const std::string& text) { throw InvalidStateError(text); }
void throw_broken(const std::string& text) { throw BrokenExecutor(text); }

std::exception_ptr broken_pool() {
  return std::make_exception_ptr(
      BrokenThreadPool("A thread initializer failed, the thread pool is not usable anymore"));
}

}  // namespace weft::detail
