// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/model/fiber.hpp"

#include <sys/mman.h>

#include <new>

#include "os/context.hpp"
#if defined(WEFT_ASAN)
#include <sanitizer/lsan_interface.h>
#endif

namespace weft::model {
namespace {

constexpr std::size_t StackSize = 256 * 1024, Guard = 16 * 1024;

}  // namespace

struct Fiber::Body {
  os::Context context;
  os::Stack stack;
  void (*run)(void*) = nullptr;
  void* argument = nullptr;
};

Fiber::Fiber() : body_(std::make_unique<Body>()) {}

Fiber::Fiber(void (*body)(void*), void* argument) : body_(std::make_unique<Body>()) {
  void* memory = ::mmap(nullptr, Guard + StackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  ::mprotect(memory, Guard, PROT_NONE);
  body_->stack = {static_cast<char*>(memory) + Guard, StackSize};
  body_->run = body;
  body_->argument = argument;
#if defined(WEFT_ASAN)
  __lsan_register_root_region(body_->stack.base, StackSize);  // what a forgotten stack holds is no leak
#endif
  restart();
}

Fiber::~Fiber() {
  if (body_->stack.base == nullptr) return;
#if defined(WEFT_ASAN)
  __lsan_unregister_root_region(body_->stack.base, StackSize);
#endif
  ::munmap(static_cast<char*>(body_->stack.base) - Guard, Guard + StackSize);
}

void Fiber::restart() { body_->context.start(body_->stack, body_->run, body_->argument); }

void Fiber::transfer(Fiber& from, Fiber& to) { os::Context::transfer(from.body_->context, to.body_->context); }

}  // namespace weft::model
