# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# A tree in order, by `yield from`.


def walk(tree):
    if tree is None:
        return
    left, value, right = tree
    yield from walk(left)
    yield value
    yield from walk(right)


b = ((None, "a", None), "b", (None, "c", None))
d = (b, "d", (None, "e", None))

for _ in range(3):
    for value in walk(d):
        print(value, end=" ")
    print()
