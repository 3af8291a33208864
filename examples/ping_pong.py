# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Two greenlets that hit a ball to one another by name, until one lets it drop.

import sys

try:
    from greenlet import greenlet
except ImportError:
    sys.exit(77)  # it is no part of Python: Debian has it as python3-greenlet


def hit_ping(ball):
    while ball < 5:
        print("ping", ball)
        ball = pong.switch(ball + 1)
    return ball  # to whoever made it: the main greenlet


def hit_pong(ball):
    while True:
        print("pong", ball)
        ball = ping.switch(ball + 1)


ping, pong = greenlet(hit_ping), greenlet(hit_pong)
print("dropped at", ping.switch(1))
print(f"ping is dead: {'yes' if ping.dead else 'no'}, pong is dead: {'yes' if pong.dead else 'no'}")
