# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# A team of threads, and the ways to hand it work: all at once, as results are
# taken, and one call at a time. Python's imap reads its input as fast as it can,
# so here the numbers end.

from multiprocessing.pool import ThreadPool


def square(x):
    return x * x


pool = ThreadPool(4)

print("map:", *pool.map(square, [1, 2, 3, 4]))

taken = []
for x in pool.imap(square, range(1, 100)):
    if x > 50:
        break
    taken.append(x)
print("imap:", *taken)

print("starmap:", *pool.starmap(lambda a, b: a * b, [(2, 3), (4, 5)]))
print(f"imap_unordered: a sum of {sum(pool.imap_unordered(square, [1, 2, 3]))}")

result = pool.apply_async(square, (12,))
print(f"apply_async: {result.get(10)}")

pool.close()
pool.join()
