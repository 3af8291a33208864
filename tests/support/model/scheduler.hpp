// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <type_traits>

#include "support/model/failure.hpp"

namespace weft::model {

/// Something to call that outlives the call: what std::function_ref will be.
class Action {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, Action>) Action(const F& f)
      : object_(&f), call_([](const void* object) { return invoke(*static_cast<const F*>(object)); }) {}

  bool operator()() const { return call_(object_); }

 private:
  template <class F>
  static bool invoke(const F& f) {
    if constexpr (std::is_same_v<decltype(f()), bool>) {
      return f();
    } else {
      f();
      return true;
    }
  }

  const void* object_;
  bool (*call_)(const void*);
};

void run_together(const Action* actions, int count);

/// Runs up to seven actors (A, B, C ...) at once, and returns when all have
/// ended. Each knows what was done before, and all that they did is known after.
template <class... Actions>
void together(const Actions&... actions) {
  const Action list[] = {Action(actions)...};
  run_together(list, sizeof...(Actions));
}

/// What must be true. Fails the run if it is not.
inline void require(bool met, const char* what) {
  if (!met) fail(Failure::Requirement, what);
}

/// Lets others go on: this actor has its turn again when one of them has
/// changed something, or none can go on.
void yield();

/// A step that does nothing: others may come between what is before and after.
void step();

/// The actor goes on when `condition` is true. It is looked at again and again,
/// must only look at plain variables, and orders nothing.
void until(const Action& condition);

/// How many actors sleep in wait().
int asleep();

/// The number of the step: what has a smaller one was done before in real time.
int moment();

/// From here on lost(id) is true.
void lose(std::uint32_t id);

/// What the trace calls the atomic or the data at that address.
void name(const void* object, const char* name);

}  // namespace weft::model
