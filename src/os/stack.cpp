// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/stack.hpp"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <array>
#include <limits>
#include <mutex>
#include <new>

#include "os/mutex.hpp"

namespace weft::os {
namespace {

// The last one given back is the first to be taken: its memory is still warm.
class Spares {
 public:
  Stack take(std::size_t size) noexcept {
    std::scoped_lock held(mutex);
    for (std::size_t i = count_; i-- > 0;) {
      if (stacks_[i].size != size) continue;
      Stack found = stacks_[i];
      for (--count_; i < count_; ++i) stacks_[i] = stacks_[i + 1];
      return found;
    }
    return {};
  }

  bool keep(Stack stack) noexcept {
    std::scoped_lock held(mutex);
    if (count_ == stacks_.size()) return false;
    stacks_[count_++] = stack;
    return true;
  }

  Mutex mutex;

 private:
  std::array<Stack, 128> stacks_{};
  std::size_t count_ = 0;
};

constinit Spares spares;

// Of the memory that a stack has touched it keeps this much; the rest goes back to
// the system every so often, since that takes the lock of the whole address space.
constexpr std::size_t Warm = 64 * 1024;
constexpr unsigned Often = 16;

}  // namespace

Stack take_stack(std::size_t size) {
  if (size > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
  size = (size + page_size() - 1) / page_size() * page_size();
  if (Stack spare = spares.take(size); spare.base != nullptr) return spare;
  void* low = ::mmap(nullptr, size + page_size(), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (low == MAP_FAILED) throw std::bad_alloc();
  if (::mprotect(low, page_size(), PROT_NONE) != 0) {  // the process has too many mappings
    ::munmap(low, size + page_size());
    throw std::bad_alloc();
  }
  return {static_cast<char*>(low) + page_size(), size};
}

void give_back_stack(Stack stack) noexcept {
  if (++stack.uses % Often == 0 && stack.size > Warm) ::madvise(stack.base, stack.size - Warm, MADV_DONTNEED);
  if (!spares.keep(stack)) ::munmap(static_cast<char*>(stack.base) - page_size(), stack.size + page_size());
}

std::size_t default_stack_size() noexcept {
  static const std::size_t size = [] {
    rlimit limit;
    bool known = ::getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    return known && limit.rlim_cur >= static_cast<rlim_t>(PTHREAD_STACK_MIN) ? static_cast<std::size_t>(limit.rlim_cur)
                                                                             : std::size_t{8} << 20;
  }();
  return size;
}

void lock_stacks() noexcept { spares.mutex.lock(); }
void unlock_stacks() noexcept { spares.mutex.unlock(); }

}  // namespace weft::os
