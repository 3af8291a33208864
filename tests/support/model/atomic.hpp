// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace weft::model {

/// Where in the program an operation stands: for the trace, and so that one
/// memory order can be weakened.
struct Site {
  const char* file;
  int line;

  static constexpr Site here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};

/// What all atomics have in common: a place in the memory of the run. One that
/// a constant expression made enters it when it is first used.
class Location {
 public:
  constexpr explicit Location(std::uint64_t value) : initial_(value) {
    if (!std::is_constant_evaluated()) enter();
  }
  constexpr ~Location() {
    if (!std::is_constant_evaluated()) leave();
  }
  Location(const Location&) = delete;
  Location& operator=(const Location&) = delete;

  enum class Update { Exchange, Add, Subtract, And, Or, Xor };

  std::uint64_t load(std::memory_order order, Site site) const;
  void store(std::uint64_t value, std::memory_order order, Site site);
  std::uint64_t update(Update what, std::uint64_t operand, std::uint64_t mask, std::memory_order order, Site site);
  bool compare_exchange(std::uint64_t& expected, std::uint64_t desired, std::memory_order success,
                        std::memory_order failure, bool weak, Site site);

  int index() const;  ///< in the memory of the run
  std::string describe() const;

 private:
  void enter() const;
  void leave() const;

  std::uint64_t initial_;
  mutable std::uint64_t run_ = 0;
  mutable int index_ = 0;
};

/// std::atomic in a model: each operation is a step, and others may come between.
template <class T>
class Atomic {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);
  static constexpr auto SeqCst = std::memory_order_seq_cst;

 public:
  using value_type = T;

  constexpr Atomic() noexcept : Atomic(T()) {}
  constexpr Atomic(T value) noexcept : location_(bits(value)) {}

  T load(std::memory_order order = SeqCst, Site site = Site::here()) const {
    return value(location_.load(order, site));
  }

  void store(T desired, std::memory_order order = SeqCst, Site site = Site::here()) {
    location_.store(bits(desired), order, site);
  }

  T exchange(T desired, std::memory_order order = SeqCst, Site site = Site::here()) {
    return value(location_.update(Location::Update::Exchange, bits(desired), Mask, order, site));
  }

  bool compare_exchange_strong(T& expected, T desired, std::memory_order success, std::memory_order failure,
                               Site site = Site::here()) {
    return compare_exchange(expected, desired, success, failure, false, site);
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order order = SeqCst, Site site = Site::here()) {
    return compare_exchange(expected, desired, order, on_failure(order), false, site);
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success, std::memory_order failure,
                             Site site = Site::here()) {
    return compare_exchange(expected, desired, success, failure, true, site);
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order order = SeqCst, Site site = Site::here()) {
    return compare_exchange(expected, desired, order, on_failure(order), true, site);
  }

  // Pointers are counted in elements, as std::atomic counts them.
  template <class D>
  T fetch_add(D by, std::memory_order order = SeqCst, Site site = Site::here()) {
    return value(location_.update(Location::Update::Add, scaled(by), Mask, order, site));
  }
  template <class D>
  T fetch_sub(D by, std::memory_order order = SeqCst, Site site = Site::here()) {
    return value(location_.update(Location::Update::Subtract, scaled(by), Mask, order, site));
  }
  T fetch_and(T with, std::memory_order order = SeqCst, Site site = Site::here()) {
    return value(location_.update(Location::Update::And, bits(with), Mask, order, site));
  }
  T fetch_or(T with, std::memory_order order = SeqCst, Site site = Site::here()) {
    return value(location_.update(Location::Update::Or, bits(with), Mask, order, site));
  }
  T fetch_xor(T with, std::memory_order order = SeqCst, Site site = Site::here()) {
    return value(location_.update(Location::Update::Xor, bits(with), Mask, order, site));
  }

  static constexpr bool is_always_lock_free = true;

  const Location& location() const { return location_; }

 private:
  static constexpr std::uint64_t Mask = sizeof(T) == 8 ? ~0ull : (1ull << (sizeof(T) % 8 * 8)) - 1;

  static constexpr std::uint64_t bits(T value) {
    if constexpr (std::is_pointer_v<T>) {
      return value == nullptr ? 0 : reinterpret_cast<std::uint64_t>(value);
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      return static_cast<std::uint64_t>(value) & Mask;
    } else {
      std::uint64_t bits = 0;
      std::memcpy(&bits, &value, sizeof(T));
      return bits;
    }
  }

  static T value(std::uint64_t bits) {
    T value;
    std::memcpy(&value, &bits, sizeof(T));
    return value;
  }

  template <class D>
  static std::uint64_t scaled(D by) {
    if constexpr (std::is_pointer_v<T>) {
      return static_cast<std::uint64_t>(by) * sizeof(std::remove_pointer_t<T>);
    } else {
      return bits(static_cast<T>(by));
    }
  }

  static constexpr std::memory_order on_failure(std::memory_order order) {
    if (order == std::memory_order_acq_rel) return std::memory_order_acquire;
    if (order == std::memory_order_release) return std::memory_order_relaxed;
    return order;
  }

  bool compare_exchange(T& expected, T desired, std::memory_order success, std::memory_order failure, bool weak,
                        Site site) {
    std::uint64_t found = bits(expected);
    bool done = location_.compare_exchange(found, bits(desired), success, failure, weak, site);
    if (!done) expected = value(found);
    return done;
  }

  Location location_;
};

/// std::atomic_thread_fence in a model.
void fence(std::memory_order order, Site site = Site::here());

/// Linux's membarrier(): every other actor passes a sequentially consistent fence, each
/// at some moment of the call, and so does the caller at its begin and end.
void fence_everyone(Site site = Site::here());

}  // namespace weft::model
