# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Runs an example and compares what it prints with what is expected.

    compare.py EXPECTED COMMAND [ARGUMENT...]     ends with 77 if the example does: it lacks something
"""

import difflib
import pathlib
import subprocess
import sys

expected = pathlib.Path(sys.argv[1]).read_text()
run = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
sys.stderr.write(run.stderr)
if run.returncode == 77:
    sys.exit(77)
sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), run.stdout.splitlines(True), "expected", "printed"))
if run.returncode:
    print(f"ended with {run.returncode}")
sys.exit(run.returncode != 0 or run.stdout != expected)
