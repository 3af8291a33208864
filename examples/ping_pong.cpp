// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Two greenlets that hit a ball to one another by name, until one lets it drop.

#include <weft/greenlet.hpp>

#include <cstdio>

using weft::greenlet::greenlet;

int main() {
  greenlet<int> ping, pong;
  ping = greenlet<int>([&](int ball) {
    while (ball < 5) {
      std::printf("ping %d\n", ball);
      ball = pong.switch_to(ball + 1);
    }
    return ball;  // to whoever made it: main()
  });
  pong = greenlet<int>([&](int ball) {
    for (;;) {
      std::printf("pong %d\n", ball);
      ball = ping.switch_to(ball + 1);
    }
  });

  std::printf("dropped at %d\n", ping.switch_to(1));
  std::printf("ping is dead: %s, pong is dead: %s\n", ping.dead() ? "yes" : "no", pong.dead() ? "yes" : "no");
}
