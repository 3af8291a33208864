// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "weft/queue/locked.hpp"
#include "weft/queue/queue.hpp"

namespace weft::detail {

template <class T>
class Stack {
  using Stored = typename Boxed<T>::Stored;

 public:
  void push(Stored& item) { items_.push_back(std::move(item)); }
  Stored pop() noexcept {
    Stored item = std::move(items_.back());
    items_.pop_back();
    return item;
  }
  std::size_t size() const noexcept { return items_.size(); }
  Stack empty_one() const noexcept { return {}; }

 private:
  std::vector<Stored> items_;
};

}  // namespace weft::detail

namespace weft::queue {

/// A queue whose newest item comes out first, as queue.LifoQueue. For the rest
/// it is used as Queue is.
///
/// In the child of a fork(), it is empty if another thread was just changing it.
template <class T>
class LifoQueue : public BasicQueue<T, detail::Locked<typename detail::Boxed<T>::Stored, detail::Stack<T>>> {
  using Base = BasicQueue<T, detail::Locked<typename detail::Boxed<T>::Stored, detail::Stack<T>>>;

 public:
  using Base::Base;
};

}  // namespace weft::queue
