# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""A short command for each of many items, two at a time; us for each item."""

import os
import shutil
import subprocess
import sys
import threading
import time

NOT_OFFERED = 64


def terminal():
    """A descriptor of a terminal that somebody reads."""
    ours, theirs = os.openpty()

    def read():
        while os.read(ours, 1 << 16):
            pass

    threading.Thread(target=read, daemon=True).start()
    return theirs


def main(command, usual, has_view=False):
    """Feeds the lines 1, 2, ... to `command`: `usual` of them, times the scale that the runner asks for."""
    if sys.argv[1] != "true" and not (sys.argv[1] == "viewed" and has_view):
        return NOT_OFFERED
    stderr = terminal() if sys.argv[1] == "viewed" else None
    if shutil.which(command[0]) is None:
        sys.exit(f"there is no {command[0]}")
    items = max(1, int(usual * (float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)))
    lines = "".join(f"{i}\n" for i in range(1, items + 1))
    begin = time.perf_counter()
    subprocess.run(command, input=lines, text=True, check=True, stdout=subprocess.DEVNULL, stderr=stderr,
                   env={**os.environ, "TERM": "xterm"})
    print(1e6 * (time.perf_counter() - begin) / items)
    return 0
