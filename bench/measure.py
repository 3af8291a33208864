# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""What the runners share: turns, the noise of others, the machine, and figures as they are printed."""

import contextlib
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOISY = 0.08  # others used more than this share of the machine
ENOUGH = 20  # seconds: who took longer for all runs of a column by now is not run again there
TICK = os.sysconf("SC_CLK_TCK")
NOT_OFFERED = 64
CORES = len(os.sched_getaffinity(0))  # that we may use


class Noise:
    """How much of the machine was used by others than ourselves while a `with` block ran."""

    def __init__(self, hogs):
        self.hogs = hogs

    def used_by_all(self):
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(
            int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        )
        return (user + nice + system + irq + softirq + steal) / TICK

    def used_by_us(self):
        used = 0.0
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            usage = resource.getrusage(who)
            used += usage.ru_utime + usage.ru_stime
        for hog in self.hogs:
            fields = Path(f"/proc/{hog.pid}/stat").read_text().rsplit(")", 1)[1].split()
            used += (int(fields[11]) + int(fields[12])) / TICK
        return used

    def __enter__(self):
        self.begin, self.others = time.monotonic(), self.used_by_all() - self.used_by_us()
        return self

    def __exit__(self, *failure):
        wall = time.monotonic() - self.begin
        others = self.used_by_all() - self.used_by_us() - self.others
        # /proc/stat counts in ticks of 10 ms, on each core: two of them may be ours.
        self.noisy = others > max(NOISY * wall * os.cpu_count(), 0.03)


@contextlib.contextmanager
def half_of_the_cpu_taken(wanted):
    """Programs that do nothing but use every second core of those that we may use."""
    loop = f"import os\nwhile os.getppid() == {os.getpid()}:\n for i in range(10**6): pass"
    hogs = []
    try:
        for core in sorted(os.sched_getaffinity(0))[1::2] if wanted else []:
            hogs.append(subprocess.Popen([sys.executable, "-c", loop]))
            os.sched_setaffinity(hogs[-1].pid, {core})
        if hogs:
            time.sleep(0.2)  # until they are in their loops
        yield hogs
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


class Patience:
    """Waits for the others to calm down, so many seconds altogether."""

    def __init__(self, seconds):
        self.left = seconds

    def wait(self, hogs):
        while self.left > 0:
            with Noise(hogs) as noise:
                time.sleep(0.25)
            self.left -= 0.25
            if not noise.noisy:
                return


def ask(command, environment=None):
    """The numbers that a competitor printed: {"value": ..., "share": ...}; None if it does not have the column."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    if done.returncode == NOT_OFFERED:
        return None
    if done.returncode != 0:
        raise RuntimeError(f"exit status {done.returncode}: {done.stderr.strip()[-300:]}")
    first, *named = done.stdout.split("\n")
    numbers = {"value": float(first)}
    if not 0 < numbers["value"] < float("inf"):
        raise ValueError(f"it printed {first}")
    for line in filter(None, named):
        name, number = line.split()
        numbers[name] = float(number)
    return numbers


def take_turns(commands, once, runs, patience, hogs=()):
    """Every competitor once, then every one again: name -> {"value": [...], "noisy": n, and what else it printed}.

    once(command) runs one and gives its numbers, or None if it does not do this.
    """
    taken, failed, spent = {}, set(), dict.fromkeys(commands, 0.0)
    for _ in range(runs):
        for name, command in commands.items():
            if name in failed or spent[name] > ENOUGH:
                continue
            for last in (False, True):  # a noisy run gets a second chance
                if last:
                    patience.wait(hogs)
                begin = time.monotonic()
                try:
                    with Noise(hogs) as noise:
                        numbers = once(command)
                except (RuntimeError, ValueError, OSError, subprocess.TimeoutExpired) as failure:
                    print(f"  {name} failed: {failure}", file=sys.stderr)
                    numbers = None
                spent[name] += time.monotonic() - begin
                if numbers is None or last or not noise.noisy:
                    break
            if numbers is None:
                failed.add(name)
                taken.pop(name, None)
                continue
            row = taken.setdefault(name, {"value": [], "noisy": 0})
            for key, number in numbers.items():
                row.setdefault(key, []).append(number)
            row["noisy"] += noise.noisy
    return taken


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=HERE, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine():
    """What the figures depend on."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {
        "cpu": cpu[1] if cpu else platform.machine(),
        "cores": CORES,
        "kernel": platform.release(),
        "compiler": output_of("c++", "--version").split("\n")[0],
        "commit": output_of("git", "describe", "--always", "--dirty", "--abbrev=10"),
    }


def described(about, *also):
    """A machine() in words, with the versions of what else was used."""
    parts = (about["cpu"], f"{about['cores']} cores", f"Linux {about['kernel']}", about["compiler"], *also)
    return f"{', '.join(parts)}; commit {about['commit']}"


def number(value):
    """Three digits are what such a figure is worth."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 100 else f"{value:.1f}"


def median(row, key="value"):
    """Of what one competitor printed in all its runs."""
    return statistics.median(row[key])


def spread(row, key="value"):
    return f"{number(median(row, key))} [{number(min(row[key]))}-{number(max(row[key]))}]"
