// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The least that a coroutine can do: the limit, and no peer.
#include <coroutine>
#include <exception>
#include <utility>

#include "workload.hpp"

namespace {

struct Plain {
  struct promise_type {
    Plain get_return_object() { return Plain(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int i) noexcept {
      value = i;
      return {};
    }
    void return_void() noexcept {}
    void unhandled_exception() { std::terminate(); }
    int value = 0;
  };
  explicit Plain(std::coroutine_handle<promise_type> h) : handle(h) {}
  Plain(Plain&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
  ~Plain() {
    if (handle) handle.destroy();
  }
  std::coroutine_handle<promise_type> handle;
};

Plain count(int n) {
  for (int i = 0; i < n; ++i) co_yield i;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::generator_main(argc, argv, count, [](Plain& numbers) {
    std::int64_t sum = 0;
    for (;;) {
      numbers.handle.resume();
      if (numbers.handle.done()) return sum;
      sum += numbers.handle.promise().value;
    }
  });
}
