// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <folly/MPMCQueue.h>
#include <folly/concurrency/UnboundedQueue.h>

#include "workload.hpp"

template <class T>
struct Bounded {
  folly::MPMCQueue<T> queue;

  explicit Bounded(std::size_t capacity) : queue(capacity) {}

  void put(T item) { queue.blockingWrite(std::move(item)); }
  T get() {
    T item{};
    queue.blockingRead(item);
    return item;
  }
};

template <class T>
struct Unbounded {
  folly::UMPMCQueue<T, /*MayBlock=*/true> queue;

  void put(T item) { queue.enqueue(std::move(item)); }
  T get() { return queue.dequeue(); }
};

int main(int argc, char** argv) { return bench::queue_main<Bounded, Unbounded>(argc, argv); }
