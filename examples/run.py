# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# Other programs, run from this one: what they print, how they end, and one
# that takes too long.

import subprocess
from subprocess import PIPE, Popen, TimeoutExpired

ordered = subprocess.run(["sort"], input="pear\napple\nfig\n", stdout=PIPE, check=True, text=True)
print(f"sorted:\n{ordered.stdout}", end="")

failed = subprocess.run(["sh", "-c", "exit 3"])
print(f"returncode: {failed.returncode}")

try:
    subprocess.run(["sleep", "3600"], timeout=0.05)
except TimeoutExpired as error:
    print(f"{error.cmd[0]} took too long")

cat = Popen(["cat"], stdin=PIPE, stdout=PIPE, text=True)
output, errors = cat.communicate("there and back\n")
print(f"{output}ended with {cat.returncode}")
