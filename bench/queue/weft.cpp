// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/queue.hpp>

#include "workload.hpp"

template <class T>
struct Queue {
  using type = Queue;
  weft::queue::Queue<T> queue;

  explicit Queue(std::size_t capacity = 0) : queue(static_cast<std::int64_t>(capacity)) {}

  void put(T item) { queue.put(std::move(item)); }
  T get() { return queue.get(); }
};

int main(int argc, char** argv) { return bench::queue_main<Queue, Queue>(argc, argv); }
