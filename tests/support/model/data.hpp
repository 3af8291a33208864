// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <utility>

namespace weft::model {

// Tell the run of an access to plain data at that address. What was there
// before, also an object that is gone, counts: so a slot that is filled while
// somebody may still be reading it is a race.
void read_data(const void* address);
void write_data(const void* address);

/// Plain data that actors share. It is no step and never stale: an access that
/// nothing orders with another thread's is a race, and fails the run.
template <class T>
class Data {
 public:
  Data() : Data(T()) {}
  Data(T value) : value_(std::move(value)) { write_data(this); }
  Data(const Data& other) : value_(other.get()) { write_data(this); }
  Data(Data&& other) noexcept : value_(other.take()) { write_data(this); }
  ~Data() { write_data(this); }

  Data& operator=(const Data& other) { return *this = other.get(); }
  Data& operator=(Data&& other) noexcept { return *this = other.take(); }
  Data& operator=(T value) {
    write_data(this);
    value_ = std::move(value);
    return *this;
  }

  operator T() const { return get(); }
  T get() const {
    read_data(this);
    return value_;
  }

 private:
  T take() {
    write_data(this);
    return std::move(value_);
  }

  T value_;
};

}  // namespace weft::model
