// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <concurrentqueue/blockingconcurrentqueue.h>

#include "workload.hpp"

// Not FIFO over all producers. It has no bounded queue that waits: two of its semaphores, one for the items and one
// for the free places, make one.
template <class T>
struct Bounded {
  moodycamel::ConcurrentQueue<T> queue;
  moodycamel::LightweightSemaphore items, places;

  explicit Bounded(std::size_t capacity) : queue(capacity), places(static_cast<std::ptrdiff_t>(capacity)) {}

  void put(T item) {
    while (!places.wait()) {
    }
    queue.enqueue(std::move(item));
    items.signal();
  }
  T get() {
    T item{};
    while (!items.wait()) {
    }
    while (!queue.try_dequeue(item)) {
    }
    places.signal();
    return item;
  }
};

template <class T>
struct Unbounded {
  moodycamel::BlockingConcurrentQueue<T> queue;

  void put(T item) { queue.enqueue(std::move(item)); }
  T get() {
    T item{};
    queue.wait_dequeue(item);
    return item;
  }
};

int main(int argc, char** argv) { return bench::queue_main<Bounded, Unbounded>(argc, argv); }
