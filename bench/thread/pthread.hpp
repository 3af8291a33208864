// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <pthread.h>

#include <cstddef>

/// A bare pthread: no exceptions, no handle but the id.
template <std::size_t StackSize>
class Pthread {
 public:
  template <class F>
  explicit Pthread(F f) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (StackSize != 0) pthread_attr_setstacksize(&attributes, StackSize);
    auto run = [](void* given) -> void* {
      (*static_cast<F*>(given))();
      delete static_cast<F*>(given);
      return nullptr;
    };
    pthread_create(&id_, &attributes, run, new F(f));
    pthread_attr_destroy(&attributes);
  }

  void join() { pthread_join(id_, nullptr); }

 private:
  pthread_t id_;
};
