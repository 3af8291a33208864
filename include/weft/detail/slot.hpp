// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <utility>

namespace weft::detail {

/// Room for a T that somebody else makes in it, and that is then taken once.
template <class T>
class Slot {
 public:
  Slot() noexcept {}
  ~Slot() {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  void* place() noexcept { return &value_; }

  T take() {
    struct Done {
      ~Done() { value.~T(); }
      T& value;
    } done{value_};
    return std::move(value_);
  }

 private:
  union {
    T value_;
  };
};

}  // namespace weft::detail
