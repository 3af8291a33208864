# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Cars that wait at a red light: an Event that one thread sets and clears.

import threading

green = threading.Event()
arrived = threading.Semaphore(0)
print("the light is red")


def drive():
    arrived.release()
    green.wait()


cars = [threading.Thread(target=drive) for _ in range(3)]
for car in cars:
    car.start()
for _ in cars:
    arrived.acquire()
print(f"after 10 ms it is still red: {'false' if green.wait(0.01) else 'true'}")

print("the light turns green")
green.set()
for car in cars:
    car.join()
print("3 cars have passed")
