// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <regex.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "threading/workers.hpp"
#include "weft/concurrent/futures.hpp"
#include "weft/threading.hpp"

namespace weft::test {

namespace futures = concurrent::futures;
using namespace futures;

/// Whether the whole text is what the extended regular expression says.
inline bool matches(const std::string& text, const std::string& expression) {
  regex_t compiled;
  if (::regcomp(&compiled, ("^(" + expression + ")$").c_str(), REG_EXTENDED | REG_NOSUB) != 0) return false;
  bool found = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return found;
}

// The futures of CPython's test_concurrent_futures/util.py.
inline Future<int> pending_future() {
  static auto* const promise = new Promise<int>;
  return promise->future();
}

inline Future<int> running_future() {
  static auto* const promise = [] {
    auto* made = new Promise<int>;
    made->set_running_or_notify_cancel();
    return made;
  }();
  return promise->future();
}

inline Future<int> cancelled_future() {
  static auto* const promise = [] {
    auto* made = new Promise<int>;
    made->future().cancel();
    return made;
  }();
  return promise->future();
}

inline Future<int> cancelled_and_notified_future() {
  Promise<int> promise;
  promise.future().cancel();
  promise.set_running_or_notify_cancel();
  return promise.future();
}

inline Future<int> exception_future() {
  Promise<int> promise;
  Future<int> future = promise.future();
  promise.set_exception(std::out_of_range("an exception"));
  static_cast<void>(future.exception());  // it is not unheard of
  return future;
}

inline Future<int> successful_future() {
  Promise<int> promise;
  promise.set_result(42);
  return promise.future();
}

/// What the excepthook hears while this lives.
class Unheard {
 public:
  Unheard() {
    heard().clear();
    before_ = set_excepthook([](const ExceptHookArgs& args) {
      std::scoped_lock held(lock());
      std::string what;
      try {
        std::rethrow_exception(args.exception);
      } catch (const std::exception& e) {
        what = e.what();
      } catch (...) {
        what = "?";
      }
      heard().push_back(args.where + ": " + what);
    });
  }
  ~Unheard() { set_excepthook(before_); }

  std::vector<std::string> all() const {
    std::scoped_lock held(lock());
    return heard();
  }

 private:
  static threading::Lock& lock() {
    static threading::Lock lock;
    return lock;
  }
  static std::vector<std::string>& heard() {
    static auto* const heard = new std::vector<std::string>;
    return *heard;
  }
  ExceptHook before_;
};

}  // namespace weft::test
