# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Three orders: first in first out, last in first out, lowest first.

import queue

line, pile, ward = queue.Queue(), queue.LifoQueue(), queue.PriorityQueue()
for urgency, who in (3, "ann"), (1, "bob"), (2, "cho"):
    line.put(who)
    pile.put(who)
    ward.put((urgency, who))


def all_of(q):
    while not q.empty():
        yield q.get_nowait()


print("line:", *all_of(line))
print("pile:", *all_of(pile))
print("ward:", *(who for _, who in all_of(ward)))

try:
    line.get(timeout=0.01)
except queue.Empty:
    print("nobody came within 10 ms")
