# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Three workers in two phases: nobody begins the second before all have
# finished the first. The action runs once in between.

import threading

squares, sums = [0] * 3, [0] * 3
phase = threading.Barrier(3, action=lambda: print("squares:", *squares))


def work(i):
    squares[i] = (i + 1) ** 2
    phase.wait()
    sums[i] = sum(squares)


workers = [threading.Thread(target=work, args=(i,)) for i in range(3)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print("every worker sees their sum:", *sums)
