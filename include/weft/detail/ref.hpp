// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <utility>

namespace weft::detail {

/// One reference to a T that counts them, by hold() and drop(); or none.
template <class T>
class Ref {
 public:
  Ref() noexcept = default;
  explicit Ref(T* object) noexcept : object_(object) {}  ///< takes over one
  Ref(const Ref& other) noexcept : object_(other.object_) {
    if (object_ != nullptr) object_->hold();
  }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->drop();
  }

  T* find() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  friend bool operator==(const Ref&, const Ref&) noexcept = default;

 private:
  T* object_ = nullptr;
};

}  // namespace weft::detail
