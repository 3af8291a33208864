// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <tbb/concurrent_queue.h>

#include "workload.hpp"

template <class T>
struct Queue {
  tbb::concurrent_bounded_queue<T> queue;

  Queue() = default;
  explicit Queue(std::size_t capacity) { queue.set_capacity(static_cast<std::ptrdiff_t>(capacity)); }

  void put(T item) { queue.push(std::move(item)); }
  T get() {
    T item{};
    queue.pop(item);
    return item;
  }
};

int main(int argc, char** argv) { return bench::queue_main<Queue, Queue>(argc, argv); }
