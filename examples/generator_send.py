# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# A generator that is told something each time it is asked: a running average.


def averages():
    total, average, n = 0, 0, 0
    while True:
        total += yield average
        n += 1
        average = total / n


average = averages()
next(average)  # to its first yield
for x in (10.0, 20.0, 60.0):
    print(f"after {x:.0f}: {average.send(x):.1f}")
average.close()
