// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace weft::detail {

/// Brings a line near, to be written: what is read first and then changed by a
/// compare-and-swap would otherwise come twice, to be read and to be written.
inline void fetch_to_write(const void* what) noexcept {
#if defined(__x86_64__)
  asm("prefetchw %0" : : "m"(*static_cast<const char*>(what)));  // gcc's own asks for a copy to read only
#else
  __builtin_prefetch(what, 1);
#endif
}

/// Whether a T begins, in libstdc++, with the address of memory of its own.
template <class T>
inline constexpr bool begins_with_an_address = false;
template <class T>
inline constexpr bool begins_with_an_address<std::unique_ptr<T>> = true;
template <class T, class Allocator>
inline constexpr bool begins_with_an_address<std::vector<T, Allocator>> = std::is_empty_v<Allocator>;
template <class T, class Traits, class Allocator>
inline constexpr bool begins_with_an_address<std::basic_string<T, Traits, Allocator>> = std::is_empty_v<Allocator>;

/// Brings near, to be written, the memory whose address stands at `where`. Somebody else
/// may be writing that address just now. A wrong one does no harm, but C++ calls the read
/// a data race: so it is assembly.
inline void fetch_led_to(const void* where) noexcept {
  const void* address = nullptr;
  [[maybe_unused]] auto& first = *static_cast<const void* const*>(where);
#if defined(__x86_64__)
  asm volatile("mov {%1, %0|%0, %1}" : "=r"(address) : "m"(first));
#elif defined(__aarch64__)
  asm volatile("ldr %0, %1" : "=r"(address) : "m"(first));
#endif
  fetch_to_write(address);
}

}  // namespace weft::detail
