#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Checks that each public header compiles alone, and twice in one file, without a warning.

    tools/headers_alone.py [COMPILER...]    (default: g++ clang++)
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]


def compile_alone(compiler, header):
    line = f'#include "weft/{header}"\n'
    run = subprocess.run([compiler, *FLAGS, f"-I{ROOT}/include", "-x", "c++", "-"],
                         input=line + line, capture_output=True, text=True, check=False)
    return compiler, header, run.returncode, run.stderr


def main():
    include = ROOT / "include" / "weft"
    headers = [str(path.relative_to(include)) for path in sorted(include.rglob("*.hpp"))]
    compilers = sys.argv[1:] or ["g++", "clang++"]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        runs = list(pool.map(lambda job: compile_alone(*job), [(c, h) for c in compilers for h in headers]))
    failed = [run for run in runs if run[2] != 0]
    for compiler, header, _, errors in failed:
        print(f"{header} does not compile alone with {compiler}:\n{errors}")
    print(f"headers alone: {len(headers)} headers with {', '.join(compilers)}, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
