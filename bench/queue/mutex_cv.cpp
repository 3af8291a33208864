// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>

#include "workload.hpp"

// What one writes in five minutes.
template <class T>
struct Queue {
  std::mutex mutex;
  std::condition_variable not_empty, not_full;
  std::deque<T> items;
  std::size_t capacity;

  explicit Queue(std::size_t places = std::numeric_limits<std::size_t>::max()) : capacity(places) {}

  void put(T item) {
    {
      std::unique_lock held(mutex);
      not_full.wait(held, [&] { return items.size() < capacity; });
      items.push_back(std::move(item));
    }
    not_empty.notify_one();
  }
  T get() {
    std::unique_lock held(mutex);
    not_empty.wait(held, [&] { return !items.empty(); });
    T item = std::move(items.front());
    items.pop_front();
    held.unlock();
    not_full.notify_one();
    return item;
  }
};

int main(int argc, char** argv) { return bench::queue_main<Queue, Queue>(argc, argv); }
