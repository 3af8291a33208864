# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# An update that gets lost, and its cure. counter += 1 is three steps: read,
# add, write. Here a barrier holds both threads between reading and writing, so
# that what happens rarely happens every time.

import threading

counter = 0
both_have_read = threading.Barrier(2)


def unlocked():
    global counter
    seen = counter
    both_have_read.wait()
    counter = seen + 1


threads = [threading.Thread(target=unlocked) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"without a lock: 1 + 1 = {counter}")

lock = threading.Lock()
total = 0


def locked():
    global total
    for _ in range(10000):
        with lock:
            total += 1


threads = [threading.Thread(target=locked) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"with a lock: 10000 + 10000 = {total}")
