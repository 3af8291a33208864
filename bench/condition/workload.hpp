// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include "../measure.hpp"

namespace bench {

/// Two threads, one lock, one condition, and a flag that says whose turn it is; ns for a round trip.
/// `Monitor` has lock(), unlock(), wait() and notify(), the last three for whoever holds the lock.
///
///     hot              one pair, on cores of its own
///     oversubscribed   twice as many pairs as there are cores
template <class Monitor>
int condition_main(int argc, char** argv) {
  Asked asked(argc, argv);
  int pairs, n;
  if (asked.for_column("hot")) {
    pairs = 1, n = asked.times(20e3);
  } else if (asked.for_column("oversubscribed")) {
    pairs = 2 * static_cast<int>(std::thread::hardware_concurrency()), n = asked.times(5e3);
  } else {
    return NotOffered;
  }
  struct alignas(128) Game {
    Monitor monitor;
    int turn = 0;
  };
  std::vector<Game> games(pairs);
  return print(together(2 * pairs,
                        [&](int player) {
                          Game& game = games[player / 2];
                          int me = player % 2;
                          for (int i = 0; i < n; ++i) {
                            game.monitor.lock();
                            while (game.turn != me) game.monitor.wait();
                            game.turn = 1 - me;
                            game.monitor.notify();
                            game.monitor.unlock();
                          }
                        }) /
               (static_cast<double>(n) * pairs));
}

}  // namespace bench
