# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Runs gdb with tools/gdb/weft.py on a program with parked green threads, and on its core.

    gdb_test.py GDB PROGRAM     ends with 77 where gdb may not run a program
"""

import pathlib
import re
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "tools" / "gdb" / "weft.py"


def let_it_dump_core():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)


def gdb(*commands, program, core=None, folder=None):
    words = [sys.argv[1], "-q", "-nx", "-batch", "-ex", "set debuginfod enabled off", "-ex", f"source {SCRIPT}"]
    for command in commands:
        words += ["-ex", command]
    words.append(program)
    if core:
        words.append(core)
    run = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100, check=False,
                         cwd=folder, preexec_fn=let_it_dump_core)
    return run.stdout + run.stderr


def expect(text, *patterns):
    for pattern in patterns:
        if not re.search(pattern, text, re.DOTALL):
            sys.exit(f"gdb does not show /{pattern}/:\n{text}")


def seen(text):
    expect(text,
           r"green thread \d+ 'deep' of LWP \d+: waits for Lock \(0x[0-9a-f]+\)\n"
           r"#0 .*(waits_for_the_lock \(depth=.*){4}",
           r"green thread \d+ 'reader' of LWP \d+: waits for Queue.get 'jobs'.*waits_for_a_job",
           r"green thread \d+ 'Greenlet-\d+' of LWP \d+: waits for Queue.get.*waits_for_a_job.*operator\(\)",
           r"green thread \d+ 'fresh' of LWP \d+: is ready, or runs\n#0 +(0x[0-9a-f]+ in )?weft_begin \(\)[^\n]*\n(?!#)",
           r"own flow 'MainThread' of LWP \d+: is ready, or runs.*stop_here.*main \(\)")


program = sys.argv[2]
text = gdb("break stop_here", "run", "info green-threads", "info green-threads -q", "green-thread 3 bt 1", "continue",
           program=program)
if "Breakpoint 1, stop_here" not in text:
    print(text)
    sys.exit(77 if "ptrace" in text or "Operation not permitted" in text else 1)
seen(text)
expect(text, r"exited normally")  # and the program goes on as if nobody had looked

# A core file of the kernel's, where it writes one to the current folder.
with tempfile.TemporaryDirectory() as folder:
    gdb("break stop_here", "run", "signal SIGABRT", program=program, folder=folder)
    for core in pathlib.Path(folder).glob("core*"):
        seen(gdb("info green-threads", program=program, core=str(core)))
