// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/stack_pool.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <limits>
#include <new>

#include "os/sanitizer.hpp"
#if defined(WEFT_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

namespace weft::os {
namespace {

constexpr std::size_t Least = 16 * 1024;     // a page would not hold a printf
constexpr std::size_t Piece = 4096 * 1024;   // address space asked for at a time, at least
constexpr std::size_t MostWarm = 16 * 1024;  // spares that keep the memory they touched
constexpr int GuardInstall = 102;            // MADV_GUARD_INSTALL, which older headers lack

}  // namespace

StackPool::Shelf& StackPool::shelf(std::size_t size) {
  for (Shelf& s : shelves_) {
    if (s.size == size) return s;
  }
  shelves_.push_back({});
  shelves_.back().size = size;
  return shelves_.back();
}

void* StackPool::cut(Shelf& shelf) {
  const std::size_t slot = Guard + shelf.size;
  if (static_cast<std::size_t>(shelf.end - shelf.next) < slot) {
    const std::size_t piece = std::max(Piece / slot * slot, slot);
    void* low =
        ::mmap(nullptr, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (low == MAP_FAILED) throw std::bad_alloc();
    ::madvise(low, piece, MADV_NOHUGEPAGE);  // a huge page would be 2 MiB for each
    shelf.next = static_cast<char*>(low);
    shelf.end = shelf.next + piece;
  }
  if (shelf.spares.capacity() <= shelf.total) shelf.spares.reserve(2 * shelf.total + 64);
  char* low = shelf.next;
  if (::madvise(low, Guard, GuardInstall) != 0 && ::mprotect(low, Guard, PROT_NONE) != 0) throw std::bad_alloc();
  shelf.next += slot;
  ++shelf.total;
#if defined(WEFT_ASAN)
  __lsan_register_root_region(low + Guard, shelf.size);  // what a parked stack holds is no leak
#endif
  return low + Guard;
}

Stack StackPool::take(std::size_t size) {
  if (size > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
  size = std::max(Least, (size + Guard - 1) / Guard * Guard);
  Shelf& from = shelf(size);
  if (from.spares.empty()) return {cut(from), size};
  void* base = from.spares.back();
  from.spares.pop_back();
  if (from.warm != 0) --from.warm;
  return {base, size};
}

void StackPool::give_back(Stack stack) noexcept {
  Shelf* found = nullptr;
  try {
    found = &shelf(stack.size);
    if (found->spares.size() == found->spares.capacity()) found->spares.reserve(2 * found->spares.size() + 64);
  } catch (const std::bad_alloc&) {
    return;  // one that another thread cut, and no memory to note it down: it is lost
  }
  Shelf& to = *found;
  if (to.warm == MostWarm) {
    --to.warm;
    ::madvise(to.spares[to.spares.size() - MostWarm], stack.size, MADV_DONTNEED);
  }
  to.spares.push_back(stack.base);
  ++to.warm;
}

}  // namespace weft::os
