// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/model/fiber.hpp"

#include <cxxabi.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define WEFT_MODEL_ASAN
#elif defined(__SANITIZE_THREAD__)
#define WEFT_MODEL_TSAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT_MODEL_ASAN
#elif __has_feature(thread_sanitizer)
#define WEFT_MODEL_TSAN
#endif
#endif
#if defined(WEFT_MODEL_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#elif defined(WEFT_MODEL_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

// weft_model_switch(where to keep this stack pointer, the stack pointer to go
// on with). A new stack looks like one that was left inside it, with the body
// and its argument in two of the saved registers.
extern "C" void weft_model_switch(void** from, void* to);
extern "C" void weft_model_begin();

#if defined(__x86_64__)
asm(R"(
  .text
  .type weft_model_switch, @function
weft_model_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size weft_model_switch, .-weft_model_switch
  .type weft_model_begin, @function
weft_model_begin:
  .cfi_startproc
  .cfi_undefined rip
  movq %rbx, %rdi
  call *%r12
  ud2
  .cfi_endproc
  .size weft_model_begin, .-weft_model_begin
)");
namespace {
constexpr std::size_t Saved = 9;  // r15 r14 r13 r12 rbx rbp, the return address, and two to align
constexpr std::size_t EntryAt = 3, ArgumentAt = 4, ReturnAt = 6;
}  // namespace
#elif defined(__aarch64__)
asm(R"(
  .text
  .type weft_model_switch, %function
weft_model_switch:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
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
  add sp, sp, #160
  ret
  .size weft_model_switch, .-weft_model_switch
  .type weft_model_begin, %function
weft_model_begin:
  .cfi_startproc
  .cfi_undefined x30
  mov x0, x19
  blr x20
  brk #0
  .cfi_endproc
  .size weft_model_begin, .-weft_model_begin
)");
namespace {
constexpr std::size_t Saved = 20;  // x19 to x30, d8 to d15
constexpr std::size_t ArgumentAt = 0, EntryAt = 1, ReturnAt = 11;
}  // namespace
#else
#error "The model's fibers know x86-64 and aarch64."
#endif

namespace weft::model {
namespace {

constexpr std::size_t StackSize = 256 * 1024, Guard = 16 * 1024;

// What the C++ runtime keeps for each thread (__cxa_eh_globals): the
// exceptions being handled, and how many are in flight.
struct Exceptions {
  void* caught = nullptr;
  unsigned uncaught = 0;
};

}  // namespace

struct Fiber::Body {
  void (*run)(void*) = nullptr;
  void* argument = nullptr;
  char* memory = nullptr;
  void* stack_pointer = nullptr;
  Exceptions exceptions;
#if defined(WEFT_MODEL_ASAN)
  const void* bottom = nullptr;
  std::size_t size = 0;
  void* fake_stack = nullptr;
#elif defined(WEFT_MODEL_TSAN)
  void* tsan = nullptr;
#endif
};

namespace {

#if defined(WEFT_MODEL_ASAN)
constinit Fiber::Body* left = nullptr;  // by the transfer that is under way

void arrived(void* fake_stack) {
  const void* bottom;
  std::size_t size;
  __sanitizer_finish_switch_fiber(fake_stack, &bottom, &size);
  left->bottom = bottom;
  left->size = size;
}
#endif

void begin(void* body) {
  auto* self = static_cast<Fiber::Body*>(body);
#if defined(WEFT_MODEL_ASAN)
  arrived(nullptr);
#endif
  self->run(self->argument);
}

}  // namespace

Fiber::Fiber() : body_(std::make_unique<Body>()) {
#if defined(WEFT_MODEL_TSAN)
  body_->tsan = __tsan_get_current_fiber();
#endif
}

Fiber::Fiber(void (*body)(void*), void* argument) : body_(std::make_unique<Body>()) {
  void* memory = ::mmap(nullptr, Guard + StackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  ::mprotect(memory, Guard, PROT_NONE);
  body_->memory = static_cast<char*>(memory);
  body_->run = body;
  body_->argument = argument;
#if defined(WEFT_MODEL_ASAN)
  __lsan_register_root_region(body_->memory + Guard, StackSize);  // what a forgotten stack holds is no leak
#endif
  restart();
}

Fiber::~Fiber() {
  if (body_->memory == nullptr) return;
#if defined(WEFT_MODEL_ASAN)
  __lsan_unregister_root_region(body_->memory + Guard, StackSize);
#elif defined(WEFT_MODEL_TSAN)
  __tsan_destroy_fiber(body_->tsan);
#endif
  ::munmap(body_->memory, Guard + StackSize);
}

void Fiber::restart() {
  char* top = body_->memory + Guard + StackSize;
#if defined(WEFT_MODEL_ASAN)
  __asan_unpoison_memory_region(body_->memory + Guard, StackSize);
  body_->bottom = body_->memory + Guard;
  body_->size = StackSize;
  body_->fake_stack = nullptr;
#elif defined(WEFT_MODEL_TSAN)
  if (body_->tsan != nullptr) __tsan_destroy_fiber(body_->tsan);
  body_->tsan = __tsan_create_fiber(0);
#endif
  void** saved = reinterpret_cast<void**>(top) - Saved;
  std::memset(saved, 0, Saved * sizeof(void*));
  saved[EntryAt] = reinterpret_cast<void*>(&begin);
  saved[ArgumentAt] = body_.get();
  saved[ReturnAt] = reinterpret_cast<void*>(&weft_model_begin);
  body_->stack_pointer = saved;
  body_->exceptions = {};
}

void Fiber::transfer(Fiber& from, Fiber& to) {
  auto* exceptions = reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
  from.body_->exceptions = *exceptions;
  *exceptions = to.body_->exceptions;
#if defined(WEFT_MODEL_ASAN)
  left = from.body_.get();
  __sanitizer_start_switch_fiber(&from.body_->fake_stack, to.body_->bottom, to.body_->size);
#elif defined(WEFT_MODEL_TSAN)
  __tsan_switch_to_fiber(to.body_->tsan, 0);
#endif
  weft_model_switch(&from.body_->stack_pointer, to.body_->stack_pointer);
#if defined(WEFT_MODEL_ASAN)
  arrived(from.body_->fake_stack);
#endif
}

}  // namespace weft::model
