# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Sorting by halves. Python's pools hang when tasks wait for tasks of their own
# pool, so only the first level is done at the same time here.

from concurrent.futures import ThreadPoolExecutor
from heapq import merge


def sort(numbers):
    if len(numbers) < 2:
        return numbers
    middle = len(numbers) // 2
    return list(merge(sort(numbers[:middle]), sort(numbers[middle:])))


numbers = [i * 7919 % 100_003 for i in range(100_000)]

with ThreadPoolExecutor(4) as executor:
    middle = len(numbers) // 2
    halves = executor.map(sort, [numbers[:middle], numbers[middle:]])
    numbers = list(merge(*halves))

print(f"{len(numbers)} numbers, {'sorted' if numbers == sorted(numbers) else 'not sorted'}")
print(f"the first are {numbers[0]}, {numbers[1]} and {numbers[2]}")
