// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <weft/queue.hpp>

namespace bench {

template <class T>
struct WeftQueue {
  weft::queue::Queue<T> queue;

  explicit WeftQueue(std::size_t capacity = 0) : queue(static_cast<std::int64_t>(capacity)) {}

  void put(T item) { queue.put(std::move(item)); }
  T get() { return queue.get(); }
};

}  // namespace bench
