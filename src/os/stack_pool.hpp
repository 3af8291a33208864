// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "os/futex.hpp"
#include "os/stack.hpp"

namespace weft::os {

/// Small stacks by the thousand, for one thread at a time. They are cut from
/// large pieces of address space, so that a million of them do not run into the
/// kernel's limit on mappings, and are never unmapped: the memory that nobody
/// uses goes back to the system, the addresses stay.
///
/// Below each lies a guard that nobody may touch. Where the kernel has no
/// MADV_GUARD_INSTALL (before 6.13) that costs two mappings for each stack.
class StackPool {
 public:
  /// A stack of at least `size` bytes; the last one given back of that size is
  /// the first to be taken. Throws std::bad_alloc.
  Stack take(std::size_t size);
  /// One that another pool has cut may come here, too.
  void give_back(Stack stack) noexcept;

  /// So many spares of a size keep the memory that they touched. That of more goes
  /// back to the system, the oldest first, of so many together: at once, or where
  /// somebody tends the pool, and there are not too many even so, when nobody has
  /// needed it for a second.
  static constexpr std::size_t MostWarm = 16 * 1024, Together = 64, TooMany = 8 * MostWarm;

  /// Whether its owner calls tend() from now on.
  void set_tended(bool tended) noexcept;
  /// When it is to be called, on os::monotonic(); os::Never if there is nothing to do.
  std::int64_t due() const noexcept { return due_; }
  /// Gives some memory back if that is due. What is left to do is due at once.
  void tend(std::int64_t now) noexcept;

  /// What lies below each stack, in bytes.
  static constexpr std::size_t Guard = 16 * 1024;

  /// What take() was asked for, rounded to a multiple of this: a stack has up to
  /// a page more, of which its user may have set some apart.
  static constexpr std::size_t asked_for(const Stack& stack) noexcept {
    return (stack.size + Guard / 2) / Guard * Guard;
  }

 private:
  // The stacks of one size. The last `warm` of the spares still have memory.
  struct Shelf {
    std::size_t size;
    std::vector<void*> spares;  // there is room in it for all that were cut here
    std::size_t warm = 0;
    std::size_t unneeded = 0;  // of these: the oldest, which nobody took since tend() last began to watch
    std::size_t total = 0;
    char* next = nullptr;  // what is left of the last piece
    char* end = nullptr;
    char* guarded = nullptr;  // up to where it has its guards
  };

  Shelf& shelf(std::size_t size);
  static std::size_t slot_for(std::size_t size) noexcept;
  static void* cut(Shelf& shelf);
  static void guard(Shelf& shelf, std::size_t slot);
  static void cool(Shelf& shelf) noexcept;

  std::vector<Shelf> shelves_;
  bool tended_ = false;
  std::int64_t due_ = Never;
};

}  // namespace weft::os
