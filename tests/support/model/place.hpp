// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "support/model/atomic.hpp"
#include "wait/place.hpp"

namespace weft::wait {

/// The place of the tests: words live in the memory of a model run, and those
/// who wait are its actors. Use it inside model::explore().
///
/// wait() compares with the newest store, as under the lock of a futex's bucket. It and
/// wake() order nothing else: what a woken actor must see it has to acquire from
/// an atomic. A wait that has an end in time may reach it whenever it sleeps;
/// the clock of the run is then moved there.
struct InModel {
  template <class T>
  using Atomic = model::Atomic<T>;

  static Outcome wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, const Deadline& deadline,
                      const Reason& reason);
  static int wake(const Atomic<std::uint32_t>& word, int n);

  /// False. Whoever asks on and on yields its turn.
  static bool spin(unsigned round, Coming coming = Coming::Soon);

  static std::uint32_t self();         ///< A is 1, B is 2; outside of together() it is 99
  static bool lost(std::uint32_t id);  ///< as model::lose() said
};

}  // namespace weft::wait
