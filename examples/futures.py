# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Three ways to take results from an executor: in order, as they come, and by a
# callback. A failure comes where its result would have come.

from concurrent.futures import ThreadPoolExecutor, as_completed, wait


def divide(a, b):
    if b == 0:
        raise ArithmeticError("division by zero")
    return a // b


with ThreadPoolExecutor(2) as executor:
    futures = [executor.submit(divide, 12, b) for b in (1, 2, 0, 4)]
    for future in futures:
        try:
            print(f"12 divided: {future.result()}")
        except ArithmeticError as error:
            print(f"12 divided: {error}")

    failed = total = 0
    for future in as_completed(futures):
        if future.exception():
            failed += 1
        else:
            total += future.result()
    print(f"as they came: a sum of {total}, and {failed} failed")

    done, not_done = wait(futures)
    print(f"done: {len(done)}, not done: {len(not_done)}")

    last = executor.submit(divide, 100, 7)
    wait([last])
    last.add_done_callback(lambda future: print(f"a callback got {future.result()}"))
