// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "weft/detail/api.hpp"

namespace weft::detail {

// The id of whoever runs on this thread now, a thread or a green thread; 0
// until it first meets weft. What a lock's word holds while it is held.
// Initial-exec: one load relative to the thread pointer, also from a library.
extern WEFT_API constinit thread_local std::uint32_t self_id [[gnu::tls_model("initial-exec")]];

// The same, never 0: gives the caller an id if it has none yet.
WEFT_API std::uint32_t enlist();

inline std::uint32_t self() {
  std::uint32_t id = self_id;
  if (id == 0) [[unlikely]]
    return enlist();
  return id;
}

// Changed in the child by fork(): what it differs from was made by a process
// whose other threads do not exist here.
extern WEFT_API constinit std::uint32_t fork_generation;

}  // namespace weft::detail
