# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# A thread with a run() of its own: the class derives from Thread.

import threading


class Counter(threading.Thread):
    def __init__(self, number):
        super().__init__()
        self.number, self.sum = number, 0

    def run(self):
        for i in range(1, self.number + 1):
            self.sum += i


counter = Counter(100)
counter.start()
counter.join()
print(f"1 + 2 + ... + 100 = {counter.sum}")
