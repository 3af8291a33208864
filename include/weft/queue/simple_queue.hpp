// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>
#include <utility>

#include "weft/queue/queue.hpp"

namespace weft::queue {

/// An unbounded queue with less to it, as queue.SimpleQueue: put() never waits,
/// and there is no task_done(), join() or shutdown(). Order and waiting are
/// those of Queue.
///
///     weft::queue::SimpleQueue<Result> results;
///     results.put(result);
///     Result result = results.get();
template <class T>
class SimpleQueue : private Queue<T> {
 public:
  SimpleQueue() = default;

  /// For those who look: the name that a waiting thread is listed with.
  explicit SimpleQueue(std::string called) : Queue<T>(QueueOptions{.maxsize = 0, .name = std::move(called)}) {}

  using typename Queue<T>::value_type;
  using Queue<T>::put;
  using Queue<T>::put_nowait;
  using Queue<T>::put_many;
  using Queue<T>::get;
  using Queue<T>::get_nowait;
  using Queue<T>::get_many;
  using Queue<T>::try_get;
  using Queue<T>::qsize;
  using Queue<T>::empty;
  using Queue<T>::name;
};

}  // namespace weft::queue
