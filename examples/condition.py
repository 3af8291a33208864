# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# A waiter that sleeps until a dish is ready, and a cook who says when.

import collections
import threading

changed = threading.Condition()
dishes = collections.deque()


def serve():
    for _ in range(3):
        with changed:
            changed.wait_for(lambda: dishes)
            print(f"served: {dishes.popleft()}")


waiter = threading.Thread(target=serve)
waiter.start()

for dish in ("soup", "noodles", "tea"):
    with changed:
        dishes.append(dish)
        changed.notify()
waiter.join()
