// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <new>

#include "weft/detail/api.hpp"

namespace weft::detail {

/// The base of small records that are made and destroyed by the million, mostly
/// by different threads: a task, a green thread's state. Their memory is used
/// again by way of lists that each thread has for itself, and that threads pass on
/// to one another by the batch. What nobody needs any more goes back to the
/// system, but for some thousand blocks of each size.
class WEFT_API Recycled {
 public:
  static void* operator new(std::size_t size);
  static void operator delete(void* block, std::size_t size) noexcept;

  // Those of a stricter alignment are few, and large.
  static void* operator new(std::size_t size, std::align_val_t alignment) { return ::operator new(size, alignment); }
  static void operator delete(void* block, std::size_t, std::align_val_t alignment) noexcept {
    ::operator delete(block, alignment);
  }

 protected:
  ~Recycled() = default;
};

}  // namespace weft::detail
