#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Counts what each public header costs those who include it.

The measure is preprocessed lines, blank ones left out: it does not wobble as
seconds do. Fails when a header is over its limit.

    tools/header_cost.py [COMPILER...]      (default: g++)
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMITS = {"threading/lock.hpp": 40_000, "weft.hpp": 100_000}  # the one that everybody includes; everything
ROOM = 60_000


def cost(compiler, header):
    run = subprocess.run(
        [compiler, "-std=c++20", f"-I{ROOT}/include", "-E", "-P", "-x", "c++", "-"],
        input=f'#include "weft/{header}"\n', capture_output=True, text=True, check=True)
    return run.stdout.count("\n")


def main():
    include = ROOT / "include" / "weft"
    over = 0
    for compiler in sys.argv[1:] or ["g++"]:
        print(f"{compiler}: preprocessed lines")
        for path in sorted(include.rglob("*.hpp")):
            header = str(path.relative_to(include))
            lines, limit = cost(compiler, header), LIMITS.get(header, ROOM)
            print(f"  {lines:7} of {limit:6}  {header}{'   TOO MUCH' if lines > limit else ''}")
            over += lines > limit
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
