// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/stack_pool.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <new>
#include <span>

#include "os/sanitizer.hpp"
#if defined(WEFT_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

namespace weft::os {
namespace {

constexpr std::size_t Least = 16 * 1024;    // a page would not hold a printf
constexpr std::size_t Piece = 4096 * 1024;  // address space asked for at a time, at least
constexpr int GuardInstall = 102;           // MADV_GUARD_INSTALL, which older headers lack
constexpr int Self = -10'000;               // PIDFD_SELF_THREAD, which they lack as well
constexpr std::size_t Page = 4096;          // one more than was asked for: the top begins in its upper half

// Tops that all lay at the same place of a page would meet in the same few lines
// of the cache: a thousand stacks, of which nobody needs more than some lines,
// would not fit in. So each begins somewhere in the upper half of its highest page.
std::size_t below_top(const void* base) noexcept {
  constexpr std::size_t Line = 64, Places = Page / 2 / Line;
  constexpr std::uint64_t Mixed = 0x9e37'79b9'7f4a'7c15;
  static_assert(Places == 32);
  return (reinterpret_cast<std::uintptr_t>(base) / Page * Mixed >> 59) * Line;
}

// What the guard takes: whole pages, where these are larger.
std::size_t below() noexcept { return std::max(StackPool::Guard, page_size()); }

// madvise() for all of them, in one call where the kernel has that for one's own
// process: it takes a third of the time.
bool advise(std::span<const iovec> ranges, int advice) noexcept {
  if (ranges.size() > 1) {
    long all = 0;
    for (const iovec& range : ranges) all += static_cast<long>(range.iov_len);
    if (::syscall(SYS_process_madvise, Self, ranges.data(), ranges.size(), advice, 0) == all) return true;
  }
  return std::ranges::all_of(ranges,
                             [advice](const iovec& r) { return ::madvise(r.iov_base, r.iov_len, advice) == 0; });
}

}  // namespace

StackPool::Shelf& StackPool::shelf(std::size_t size) {
  for (Shelf& s : shelves_) {
    if (s.size == size) return s;
  }
  shelves_.push_back({});
  shelves_.back().size = size;
  return shelves_.back();
}

// Of the next ones as well, as many as there have been so far.
void StackPool::guard(Shelf& shelf, std::size_t slot) {
  std::array<iovec, Together> some;
  const auto left = static_cast<std::size_t>(shelf.end - shelf.next) / slot;
  const std::size_t n = std::min({left, some.size(), shelf.total + 1});
  for (std::size_t i = 0; i < n; ++i) some[i] = {shelf.next + i * slot, below()};
  if (advise({some.data(), n}, GuardInstall)) {
    shelf.guarded = shelf.next + n * slot;
  } else if (::mprotect(shelf.next, below(), PROT_NONE) == 0) {
    shelf.guarded = shelf.next + slot;
  } else {
    throw std::bad_alloc();
  }
}

// From one stack to the next it is an odd number of pages, where these have 4 KiB:
// with 24 the tops of a thousand met in 16 of the 128 sets of the processor's table
// of translations.
std::size_t StackPool::slot_for(std::size_t size) noexcept {
  return (below() + size + Page + page_size() - 1) / page_size() * page_size();
}

void* StackPool::cut(Shelf& shelf) {
  const std::size_t slot = slot_for(shelf.size);
  if (static_cast<std::size_t>(shelf.end - shelf.next) < slot) {
    const std::size_t piece = std::max(Piece / slot * slot, slot);
    void* low =
        ::mmap(nullptr, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (low == MAP_FAILED) throw std::bad_alloc();
    ::madvise(low, piece, MADV_NOHUGEPAGE);  // a huge page would be 2 MiB for each
    shelf.next = shelf.guarded = static_cast<char*>(low);
    shelf.end = shelf.next + piece;
  }
  if (shelf.spares.capacity() <= shelf.total) shelf.spares.reserve(2 * shelf.total + 64);
  char* low = shelf.next;
  if (low == shelf.guarded) guard(shelf, slot);
  shelf.next += slot;
  ++shelf.total;
#if defined(WEFT_ASAN)
  __lsan_register_root_region(low + below(), shelf.size + Page);  // what a parked stack holds is no leak
#endif
  return low + below();
}

Stack StackPool::take(std::size_t size) {
  if (size > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
  size = std::max(Least, (size + Guard - 1) / Guard * Guard);
  Shelf& from = shelf(size);
  void* base;
  if (from.spares.empty()) {
    base = cut(from);
  } else {
    base = from.spares.back();
    from.spares.pop_back();
    if (from.warm != 0) --from.warm;
    from.unneeded = std::min(from.unneeded, from.warm);
  }
  return {base, size + Page - below_top(base)};
}

void StackPool::give_back(Stack stack) noexcept {
  Shelf* found = nullptr;
  try {
    found = &shelf(asked_for(stack));
    if (found->spares.size() == found->spares.capacity()) found->spares.reserve(2 * found->spares.size() + 64);
  } catch (const std::bad_alloc&) {
    return;  // one that another thread cut, and no memory to note it down: it is lost
  }
  Shelf& to = *found;
  to.spares.push_back(stack.base);
  if (++to.warm < MostWarm) return;
  if (!tended_ || to.warm == TooMany) {
    cool(to);
  } else if (due_ == Never) {
    due_ = 0;
  }
}

// Those that were given back first.
void StackPool::cool(Shelf& shelf) noexcept {
  std::array<iovec, Together> some;
  for (iovec& one : some) one = {shelf.spares[shelf.spares.size() - shelf.warm--], shelf.size + Page};
  shelf.unneeded -= std::min(shelf.unneeded, some.size());
  advise(some, MADV_DONTNEED);
}

void StackPool::set_tended(bool tended) noexcept {
  tended_ = tended;
  if (tended) return;
  due_ = Never;
  for (Shelf& s : shelves_) {
    while (s.warm >= MostWarm) cool(s);
  }
}

void StackPool::tend(std::int64_t now) noexcept {
  constexpr std::int64_t Second = 1'000'000'000;
  if (now < due_) return;
  for (Shelf& s : shelves_) {
    if (s.unneeded < MostWarm) continue;
    cool(s);
    due_ = 0;
    return;
  }
  due_ = Never;
  for (Shelf& s : shelves_) {
    s.unneeded = s.warm;
    if (s.warm >= MostWarm) due_ = now + Second;
  }
}

}  // namespace weft::os
