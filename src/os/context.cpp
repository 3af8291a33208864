// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/context.hpp"

#include <cxxabi.h>

#include <cstdint>
#include <cstring>

#if defined(WEFT_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#elif defined(WEFT_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

// weft_switch(where to keep this stack pointer, the stack pointer to go on
// with). What is kept lies on the stack that is left, at the stack pointer:
// tools/gdb/weft.py knows the order. A new stack looks like one that was left
// here, with what to call and its arguments in some of the saved registers.
//
// It comes back by a return, which the processor guesses from the calls that it saw
// last, on whichever stack: right where all who switch do it from the same place, as
// green threads that give way. weft_turn comes back by a jump, which it guesses from
// where it went the last times: right where two take turns. On aarch64 they are one.
//
// x86 loads its two control words whether they differ or not: a comparison has to
// wait for mxcsr to be read. aarch64 compares; nobody has measured it there. With
// mxcsr go its status bits: each flow has those that its own operations have raised.
// Those of the x87 unit, and all of aarch64, stay the thread's.
extern "C" [[gnu::visibility("hidden")]] void weft_switch(void** from, void* to) noexcept;
extern "C" [[gnu::visibility("hidden")]] void weft_turn(void** from, void* to) noexcept;
extern "C" [[gnu::visibility("hidden")]] void weft_begin() noexcept;

#if defined(__x86_64__)
asm(R"(
  .text
  .macro weft_exchange_stacks name
  .p2align 4
  .globl \name
  .hidden \name
  .type \name, @function
\name:
  .cfi_startproc
  leaq -56(%rsp), %rsp
  .cfi_adjust_cfa_offset 56
  stmxcsr (%rsp)
  fnstcw 4(%rsp)
  movq %r15, 8(%rsp)
  .cfi_rel_offset r15, 8
  movq %r14, 16(%rsp)
  .cfi_rel_offset r14, 16
  movq %r13, 24(%rsp)
  .cfi_rel_offset r13, 24
  movq %r12, 32(%rsp)
  .cfi_rel_offset r12, 32
  movq %rbx, 40(%rsp)
  .cfi_rel_offset rbx, 40
  movq %rbp, 48(%rsp)
  .cfi_rel_offset rbp, 48
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  ldmxcsr (%rsp)
  fldcw 4(%rsp)
  movq 8(%rsp), %r15
  .cfi_restore r15
  movq 16(%rsp), %r14
  .cfi_restore r14
  movq 24(%rsp), %r13
  .cfi_restore r13
  movq 32(%rsp), %r12
  .cfi_restore r12
  movq 40(%rsp), %rbx
  .cfi_restore rbx
  movq 48(%rsp), %rbp
  .cfi_restore rbp
  leaq 56(%rsp), %rsp
  .cfi_adjust_cfa_offset -56
  .endm

  weft_exchange_stacks weft_switch
  ret
  .cfi_endproc
  .size weft_switch, .-weft_switch

  weft_exchange_stacks weft_turn
  popq %rcx
  .cfi_adjust_cfa_offset -8
  .cfi_register rip, rcx
  notrack jmp *%rcx
  .cfi_endproc
  .size weft_turn, .-weft_turn

  .p2align 4
  .globl weft_begin
  .hidden weft_begin
  .type weft_begin, @function
weft_begin:
  .cfi_startproc
  .cfi_undefined rip
  nop
  movq %rbx, %rdi
  movq %r13, %rsi
  movq %r14, %rdx
  call *%r12
  ud2
  .cfi_endproc
  .size weft_begin, .-weft_begin
)");
namespace {
constexpr std::size_t Saved = 10;  // control words, r15 r14 r13 r12 rbx rbp, where to, and two to align
constexpr std::size_t CallAt = 4, FirstAt = 5, SecondAt = 3, ThirdAt = 2, ReturnAt = 7, Nop = 1;
// As a process begins with them: no traps, to nearest, 64 bits of mantissa.
constexpr std::uint64_t ControlWords = 0x037f'0000'1f80;
}  // namespace
#elif defined(__aarch64__)
asm(R"(
  .text
  .p2align 4
  .globl weft_switch
  .hidden weft_switch
  .type weft_switch, %function
weft_switch:
  .cfi_startproc
  sub sp, sp, #176
  .cfi_adjust_cfa_offset 176
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  .cfi_rel_offset x29, 80
  .cfi_rel_offset x30, 88
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mrs x10, fpcr
  str x10, [sp, #160]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldr x11, [sp, #160]
  cmp x10, x11
  b.eq 1f
  msr fpcr, x11
1:
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #176
  .cfi_adjust_cfa_offset -176
  .cfi_restore x29
  .cfi_restore x30
  ret
  .cfi_endproc
  .size weft_switch, .-weft_switch
  .globl weft_turn
  .hidden weft_turn
  .set weft_turn, weft_switch

  .p2align 4
  .globl weft_begin
  .hidden weft_begin
  .type weft_begin, %function
weft_begin:
  .cfi_startproc
  .cfi_undefined x30
  nop
  mov x0, x19
  mov x1, x21
  mov x2, x22
  blr x20
  brk #0
  .cfi_endproc
  .size weft_begin, .-weft_begin
)");
namespace {
constexpr std::size_t Saved = 22;  // x19 to x30, d8 to d15, fpcr, and one to align
constexpr std::size_t CallAt = 1, FirstAt = 0, SecondAt = 2, ThirdAt = 3, ReturnAt = 11, Nop = 4;
}  // namespace
#else
#error "weft switches contexts on x86-64 and aarch64."
#endif

namespace weft::os {
namespace {

#if defined(WEFT_ASAN)
constinit thread_local Context* left = nullptr;  // by the transfer that is under way
#endif

}  // namespace

Context::~Context() {
#if defined(WEFT_TSAN)
  if (own_fiber_) __tsan_destroy_fiber(fiber_);
#endif
}

// Asked for once in a thread: it never moves.
Context::Exceptions& Context::exceptions_here() noexcept {
  constinit thread_local Exceptions* here [[gnu::tls_model("initial-exec")]] = nullptr;
  if (here == nullptr) here = reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
  return *here;
}

void Context::begin(Context* context, void (*entry)(void*), void* argument) {
  context->arrived();
  entry(argument);
}

void Context::start(const Stack& stack, void (*entry)(void*), void* argument) noexcept {
  char* top = static_cast<char*>(stack.base) + stack.size;
#if defined(WEFT_ASAN)
  __asan_unpoison_memory_region(stack.base, stack.size);  // frames that were left there and not unwound
  bottom_ = stack.base;
  size_ = stack.size;
  fake_stack_ = nullptr;
#elif defined(WEFT_TSAN)
  if (own_fiber_) __tsan_destroy_fiber(fiber_);
  fiber_ = __tsan_create_fiber(0);
  own_fiber_ = true;
#endif
  void** saved = reinterpret_cast<void**>(top) - Saved;
  std::memset(saved, 0, Saved * sizeof(void*));
#if defined(__x86_64__)
  std::memcpy(saved, &ControlWords, sizeof ControlWords);
#endif
  saved[CallAt] = reinterpret_cast<void*>(&begin);
  saved[FirstAt] = this;
  saved[SecondAt] = reinterpret_cast<void*>(entry);
  saved[ThirdAt] = argument;
  // Behind its nop: who unwinds takes what was called to lie before where it returns to.
  saved[ReturnAt] = reinterpret_cast<char*>(&weft_begin) + Nop;
  stack_pointer_ = saved;
  stack_ = stack;
  exceptions_ = {};
}

inline void Context::arrived() noexcept {
#if defined(WEFT_ASAN)
  const void* bottom;
  std::size_t size;
  __sanitizer_finish_switch_fiber(fake_stack_, &bottom, &size);
  left->bottom_ = bottom;
  left->size_ = size;
#endif
}

template <auto& Switch>
inline void Context::exchange(Context& from, Context& to, [[maybe_unused]] bool for_good) noexcept {
  Exceptions& here = exceptions_here();
  from.exceptions_ = here;
  here = to.exceptions_;
#if defined(WEFT_ASAN)
  left = &from;
  __sanitizer_start_switch_fiber(for_good ? nullptr : &from.fake_stack_, to.bottom_, to.size_);
#elif defined(WEFT_TSAN)
  if (!from.own_fiber_) from.fiber_ = __tsan_get_current_fiber();  // a thread's own flow; not always the same thread's
  __tsan_switch_to_fiber(to.fiber_, 0);
#endif
  Switch(&from.stack_pointer_, to.stack_pointer_);
}

void Context::transfer(Context& from, Context& to) noexcept {
  exchange<weft_switch>(from, to, false);
  from.arrived();
}

void Context::turn(Context& from, Context& to) noexcept {
  exchange<weft_turn>(from, to, false);
  from.arrived();
}

void Context::leave(Context& from, Context& to) noexcept {
  exchange<weft_turn>(from, to, true);
  __builtin_unreachable();
}

}  // namespace weft::os
