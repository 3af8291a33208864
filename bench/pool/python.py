# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""The same with concurrent.futures.ThreadPoolExecutor; a tenth of the tasks."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

NOT_OFFERED = 64


def main():
    column = sys.argv[1].removesuffix("_100")
    workers = 2 if column == sys.argv[1] else 100
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    if column not in ("future", "round_trip"):
        return NOT_OFFERED
    n = max(1, int((10_000 if column == "future" else 2_000) * scale))
    with ThreadPoolExecutor(workers) as pool:
        begin = time.monotonic_ns()
        if column == "future":
            futures = [pool.submit(int, i) for i in range(n)]
            total = sum(future.result() for future in futures)
            assert total == n * (n - 1) // 2
        else:
            for i in range(n):
                pool.submit(int, i).result()
        took = time.monotonic_ns() - begin
    print(f"{took / n:.3f}")
    return 0


sys.exit(main())
