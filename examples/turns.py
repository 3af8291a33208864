# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Threads that run in a set order, round after round. Each has a lock that only
# the one before it opens.

import threading

locks = [threading.Lock() for _ in range(3)]
for lock in locks[1:]:
    lock.acquire()


def take_turns(i):
    for _ in range(3):
        locks[i].acquire()
        print("ABC"[i], end="\n" if i == 2 else " ")
        locks[(i + 1) % 3].release()


threads = [threading.Thread(target=take_turns, args=(i,)) for i in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
