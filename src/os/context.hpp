// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "os/sanitizer.hpp"
#include "os/stack.hpp"

namespace weft::os {

/// A flow of control that can be left and gone back to: its stack, the registers
/// that a call keeps, the floating-point control words, and the exceptions that
/// it is handling. AddressSanitizer and ThreadSanitizer are told of every switch.
///
/// One that was not started stands for whoever leaves it first: the thread's own
/// flow. A context goes on in the thread that left it, or else in no other one
/// that was in the midst of handling an exception.
class Context {
 public:
  Context() noexcept = default;
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// The next transfer to this begins entry(argument) at the top of `stack`.
  /// What was left on the stack is forgotten, not unwound. `entry` must not
  /// return and must not throw: it leaves by a transfer.
  void start(const Stack& stack, void (*entry)(void*), void* argument) noexcept;

  /// Leaves `from`, which must be what runs, for `to`. Returns when somebody
  /// transfers to `from`.
  static void transfer(Context& from, Context& to) noexcept;

  /// The same, and quicker where two take turns, provided that the caller, and what
  /// called that, ends with it: then no return follows on the other stack.
  static void turn(Context& from, Context& to) noexcept;

  /// The same, never to come back.
  [[noreturn]] static void leave(Context& from, Context& to) noexcept;

  /// Brings near what a transfer to it will read.
  void fetch() const noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(stack_pointer_);  // none, if it was never left
    __builtin_prefetch(stack_pointer_);
    __builtin_prefetch(reinterpret_cast<const void*>(address + 64));
  }

  /// The stack it was started on; without a base for a thread's own flow.
  const Stack& stack() const noexcept { return stack_; }

 private:
  // What the C++ runtime keeps for each thread (__cxa_eh_globals): the exceptions
  // being handled, and how many are in flight.
  struct Exceptions {
    void* caught = nullptr;
    unsigned uncaught = 0;
  };

  static Exceptions& exceptions_here() noexcept;
  static void begin(Context* context, void (*entry)(void*), void* argument);
  template <auto& Switch>
  static void exchange(Context& from, Context& to, bool for_good) noexcept;
  void arrived() noexcept;

  void* stack_pointer_ = nullptr;
  Exceptions exceptions_;
  Stack stack_;
#if defined(WEFT_ASAN)
  const void* bottom_ = nullptr;
  std::size_t size_ = 0;
  void* fake_stack_ = nullptr;
#elif defined(WEFT_TSAN)
  void* fiber_ = nullptr;
  bool own_fiber_ = false;
#endif
};

}  // namespace weft::os
