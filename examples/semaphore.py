# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Twenty guests, five chairs: never more than five sit at once.

import threading

chairs = threading.BoundedSemaphore(5)
lock = threading.Lock()
sitting = most = served = 0


def dine():
    global sitting, most, served
    with chairs:
        with lock:
            sitting += 1
            most = max(most, sitting)
        with lock:
            sitting -= 1
            served += 1


guests = [threading.Thread(target=dine) for _ in range(20)]
for guest in guests:
    guest.start()
for guest in guests:
    guest.join()
print(f"{served} guests served, never more than five at once: {'true' if most <= 5 else 'false'}")

try:
    chairs.release()
except ValueError as error:
    print(f"one release too many: {error}")
