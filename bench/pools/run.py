#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Which pool for which work: time and memory by kind of pool, as the jobs grow from 1 to 10,000.

Writes table.md, a plot for each kind of work and results.json to build/bench/pools; with --docs also the figures and
plots of docs/which-pool.md, in their places. Each run is a process of its own; the pools take turns: A B C A B C.
"""

import argparse
import contextlib
import json
import os
import re
import select
import signal
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

import plot  # noqa: E402
from measure import (  # noqa: E402
    CORES,
    NOISY,
    NOT_OFFERED,
    Patience,
    described,
    machine,
    median,
    number,
    output_of,
    spread,
    take_turns,
)

JOBS = (1, 4, 16, 64, 256, 1024, 4096, 10_000)
SHOWN = (1, 16, 256, 1024, 4096, 10_000)  # in a table
MANY = 100
LIMIT = 120  # seconds that a run may take
MB = 1e6
DOCS = ROOT / "docs/which-pool.md"
PLOTS = ROOT / "docs/pools"


@dataclass(frozen=True)
class Work:
    name: str
    title: str
    short: str
    path: str = ""  # asked of the server, if it takes one


@dataclass(frozen=True)
class Kind:
    """A pool, and how jobs are given to it: the program, what that is to do, and how many workers for which work."""

    name: str
    program: str
    call: str
    workers: dict[str, tuple[int, ...]]
    colour: str
    dashes: str = ""


WORKS = (
    Work("cpu", "CPU-bound: three complex square roots", "CPU"),
    Work("net", "I/O-bound: HTTP GET, answered at once", "server, at once", "/"),
    Work("slow", "I/O-bound: HTTP GET, answered after 10 ms", "server, 10 ms", "/slow"),
)

THREADS = {"cpu": (CORES, MANY), "net": (MANY,), "slow": (MANY,)}
PROCESSES = {"cpu": (CORES,), "net": (8,), "slow": (MANY,)}
ONE = {"cpu": (1,), "net": (1,)}
KINDS = (
    Kind("weft ThreadPoolExecutor.submit", "weft", "submit", THREADS, "#c8431a"),
    Kind("weft ThreadPool.map", "weft", "map", THREADS, "#e8862e"),
    Kind("weft ThreadPool.imap_unordered", "weft", "imap_unordered", THREADS, "#8a1c3b"),
    Kind("C++, no pool", "no_pool", "serial", ONE, "#6b7785", "2 3"),
    Kind("C++, threads and a counter", "no_pool", "threads", THREADS, "#1f2933", "2 3"),
    Kind("C++, mutex and condition, futures", "mutex_cv", "submit", THREADS, "#6b7785", "6 3"),
    Kind("BS::thread_pool, futures", "bs_thread_pool", "submit", THREADS, "#b59a3c", "6 3"),
    Kind("TBB task_group, futures", "tbb", "submit", {"cpu": (CORES,)}, "#9aa5b1", "6 3"),
    Kind("Python, no pool", "python.py", "serial", ONE, "#1a7f4b", "2 3"),
    Kind("Python ThreadPoolExecutor.submit", "python.py", "ThreadPoolExecutor.submit", THREADS, "#2463ae"),
    Kind("Python ThreadPool.imap_unordered", "python.py", "ThreadPool.imap_unordered", THREADS, "#4fa3e0"),
    Kind("Python ThreadPool.map", "python.py", "ThreadPool.map", THREADS, "#7c9bd6"),
    Kind("Python Pool.imap_unordered", "python.py", "Pool.imap_unordered", PROCESSES, "#7b3fa0"),
    Kind("Python Pool.map", "python.py", "Pool.map", PROCESSES, "#a678c8"),
    Kind("Python ProcessPoolExecutor.submit", "python.py", "ProcessPoolExecutor.submit", PROCESSES, "#4b2a7b"),
    Kind(
        "gevent Pool.imap_unordered",
        "python.py",
        "gevent.pool.Pool.imap_unordered",
        {"cpu": (MANY,), "net": (MANY,), "slow": (MANY,)},
        "#1a7f4b",
    ),
)


@dataclass(frozen=True)
class Goal:
    """The figure of `row` is to be at most `limit`: in ms or MB, or times that of the row `beside`."""

    work: str
    jobs: int
    row: str
    limit: float
    beside: str = ""
    memory: bool = False


def row_name(kind, workers):
    return f"{kind}, {workers}" if workers > 1 else kind


SUBMIT, MAP = "weft ThreadPoolExecutor.submit", "weft ThreadPool.map"
GOALS = (
    Goal("cpu", 4096, row_name(SUBMIT, CORES), 1),
    Goal("cpu", 4096, row_name(SUBMIT, CORES), 1 / 1.95, beside=row_name("BS::thread_pool, futures", CORES)),
    Goal("cpu", 4096, row_name(SUBMIT, CORES), 5, memory=True),
    Goal("cpu", 4096, row_name(SUBMIT, MANY), 1.5, beside=row_name(SUBMIT, CORES)),
    *(
        Goal(work, 1024, row_name(call, MANY), 1.05, beside=row_name(peer, MANY))
        for work, peer in (
            ("net", "BS::thread_pool, futures"),
            ("net", "C++, threads and a counter"),
            ("slow", "C++, threads and a counter"),
        )
        for call in (SUBMIT, MAP)
    ),
    Goal("net", 1024, row_name(SUBMIT, MANY), 5, memory=True),
)


def family(pid):
    """The process and all that descend from it."""
    members = [pid]
    for member in members:
        for task in Path(f"/proc/{member}/task").glob("*"):
            with contextlib.suppress(OSError):
                members += map(int, (task / "children").read_text().split())
    return members


def kilobytes(text, key):
    return int(re.search(rf"^{key}:\s+(\d+) kB", text, re.MULTILINE)[1])


def peak_memory(pid):
    """Bytes of the process and its descendants. What they share counts once (PSS), and what each of them had at its
    peak and gave back counts as well."""
    total = 0
    for member in family(pid):
        with contextlib.suppress(OSError, TypeError):  # it has just gone
            pss = kilobytes(Path(f"/proc/{member}/smaps_rollup").read_text(), "Pss")
            status = Path(f"/proc/{member}/status").read_text()
            total += pss + max(0, kilobytes(status, "VmHWM") - kilobytes(status, "VmRSS"))
    return total * 1024


def line_from(process, seconds):
    """What it prints, in time; an empty string if it ends without a word."""
    if not select.select([process.stdout], [], [], seconds)[0]:
        raise TimeoutError(f"nothing after {seconds} s")
    return process.stdout.readline().strip()


@contextlib.contextmanager
def running(command):
    """A program that prints one line and then stays until its stdin ends. Nothing of it is left after the block."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
        process.stdin.close()
        process.wait(10)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def run_once(command, work, jobs, build):
    """{"value": ms, "memory": MB}; None if the pool does not do this work."""
    with contextlib.ExitStack() as stack:
        what = "roots"
        if work.path:  # each run has a server of its own: nobody inherits another's closed connections
            port = line_from(stack.enter_context(running([build / "bin/pools/server"])), 10)
            what = f"http://127.0.0.1:{port}{work.path}"
        program, call, workers = command
        process = stack.enter_context(running([*program, call, what, str(jobs), str(workers)]))
        took = line_from(process, LIMIT)
        if not took:
            if process.wait(10) == NOT_OFFERED:
                return None
            raise RuntimeError(f"exit status {process.returncode}")
        return {"value": float(took) / 1e6, "memory": peak_memory(process.pid) / MB}


def programs(options):
    """Program -> command, of those that can be run."""
    found = {}
    for name in dict.fromkeys(kind.program for kind in KINDS):
        built = options.build / "bin/pools" / name
        if name.endswith(".py"):
            found[name] = [options.python, str(HERE / name)]
        elif os.access(built, os.X_OK):
            found[name] = [str(built)]
        else:
            print(f"no {name}: it was not built", file=sys.stderr)
    return found


def rows_of(work):
    """(row, kind, workers) for each line in this work's table."""
    return [(row_name(kind.name, n), kind, n) for kind in KINDS for n in kind.workers.get(work.name, ())]


def measure(options, results, save):
    found = programs(options)
    for work in WORKS:
        for jobs in JOBS:
            commands = {
                row: (found[kind.program], kind.call, workers)
                for row, kind, workers in rows_of(work)
                if kind.program in found and re.search(options.only, f"{work.name}/{jobs}/{row}")
            }
            if not commands:
                continue
            taken = take_turns(
                commands,
                lambda command, work=work, jobs=jobs: run_once(command, work, jobs, options.build),
                options.runs,
                Patience(options.patience),
            )
            if not taken:  # all of them failed
                continue
            results["works"].setdefault(work.name, {}).setdefault(str(jobs), {}).update(taken)
            save()
            medians = (f"{row} {ms(median(figures))}" for row, figures in taken.items())
            print(f"{work.name}, {jobs} jobs, ms: " + "; ".join(medians), file=sys.stderr)


def ms(value):
    """Three digits, or what is left of them under a microsecond."""
    return number(value) if value >= 0.1 else f"{value:.4f}".rstrip("0")


def table(work, taken):
    """A line for each pool: ms for each number of jobs, and the memory at two of them."""
    shown = [jobs for jobs in SHOWN if taken.get(str(jobs))]
    weighed = [jobs for jobs in (1, JOBS[-1]) if jobs in shown]
    lines = [
        "| pool, workers | "
        + " | ".join([f"{jobs:,}" for jobs in shown] + [f"MB at {jobs:,}" for jobs in weighed])
        + " |",
        "|---" + "|--:" * (len(shown) + len(weighed)) + "|",
    ]
    for row, kind, _ in rows_of(work):
        cells = []
        for jobs, key in [(jobs, "value") for jobs in shown] + [(jobs, "memory") for jobs in weighed]:
            figures = taken[str(jobs)].get(row)
            if figures is None:
                cells.append("-")
            else:
                cells.append(ms(median(figures)) if key == "value" else f"{median(figures, key):.1f}")
        if any(cell != "-" for cell in cells):
            lines.append(f"| {f'**{row}**' if kind.program == 'weft' else row} | " + " | ".join(cells) + " |")
    return lines + ["", f"Runs of each: {turns(taken)}."]


def goal_lines(results):
    lines = ["| work; jobs | pool, workers | figure | beside | its figure | ratio | goal | |", "|---" * 8 + "|"]
    short = {work.name: work.short for work in WORKS}
    for goal in GOALS:
        taken = results["works"].get(goal.work, {}).get(str(goal.jobs), {})
        key, unit = ("memory", "MB") if goal.memory else ("value", "ms")
        ours, other = taken.get(goal.row), taken.get(goal.beside)
        ratio = median(ours, key) / median(other, key) if ours and other else None
        if not ours or (goal.beside and not other):
            verdict = "not measured"
        else:
            verdict = "met" if (ratio if goal.beside else median(ours, key)) <= goal.limit else "**missed**"
        cells = [
            f"{short[goal.work]}; {goal.jobs:,}",
            goal.row,
            f"{spread(ours, key)} {unit}" if ours else "",
            goal.beside,
            f"{spread(other, key)} {unit}" if other else "",
            f"{ratio:.2f}x" if ratio else "",
            f"<= {goal.limit:.3g}" + ("x" if goal.beside else f" {unit}"),
            verdict,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def turns(taken):
    """How often each row was run, for so many jobs: "5", or "5 (4,096 jobs: 1)"."""
    runs = {}
    for jobs, rows in taken.items():
        counts = [len(row["value"]) for row in rows.values()]
        runs[jobs] = f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    usual = statistics.mode(runs.values())
    others = ", ".join(f"{int(jobs):,} jobs: {count}" for jobs, count in runs.items() if count != usual)
    return f"{usual} ({others})" if others else usual


def about(results):
    m = results["machine"]
    rows = [row for taken in results["works"].values() for by_row in taken.values() for row in by_row.values()]
    return (
        f"{described(m, m['python'], 'gevent ' + m['gevent'])}; medians of interleaved runs. In "
        f"{sum(row['noisy'] for row in rows)} of {sum(len(row['value']) for row in rows)} runs other programs used "
        f"more than {NOISY:.0%} of the machine."
    )


def draw(work, taken):
    """Time for each job, and memory, as the jobs grow."""
    panels = []
    for title, figure_of in (
        ("us for each job, less is better", lambda figures, jobs: [ms * 1000 / jobs for ms in figures["value"]]),
        ("peak MB, less is better", lambda figures, jobs: figures["memory"]),
    ):
        curves = []
        for row, kind, workers in rows_of(work):
            points = [
                (jobs, figure_of(taken[str(jobs)][row], jobs)) for jobs in JOBS if row in taken.get(str(jobs), {})
            ]
            # What 100 workers change where two suffice is in the table.
            if points and (work.path or workers != MANY or kind.workers[work.name] == (MANY,)):
                curves.append(plot.Curve(row, points, kind.colour, kind.dashes, kind.program == "weft"))
        panels.append((title, curves))
    return plot.growth(work.title, "jobs", panels)


def in_place(text, name, lines):
    """The text with other lines between <!-- NAME --> and <!-- end NAME -->."""
    begin, end = f"<!-- {name} -->", f"<!-- end {name} -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise SystemExit(f"{DOCS.name} has no place for {name}")
    return before + begin + "\n" + "\n".join(lines) + "\n" + end + after


def write(options, results):
    out = options.build / "pools"
    text = ["# Which pool for which work", "", about(results), "", "## Goals", "", *goal_lines(results), ""]
    docs = DOCS.read_text() if options.docs else ""
    if docs:
        PLOTS.mkdir(exist_ok=True)
        docs = in_place(docs, "machine", [about(results)])
        docs = in_place(docs, "goals", goal_lines(results))
    for work in WORKS:
        taken = results["works"].get(work.name)
        if not taken:
            continue
        drawn, lines = draw(work, taken), table(work, taken)
        text += [f"## {work.title}", "", "ms by the number of jobs.", "", *lines, ""]
        (out / f"{work.name}.svg").write_text(drawn)
        if docs:
            (PLOTS / f"{work.name}.svg").write_text(drawn)
            docs = in_place(docs, work.name, lines)
    (out / "table.md").write_text("\n".join(text))
    if docs:
        DOCS.write_text(docs)
    print("\n".join(text))
    print(f"Written: {out}" + (f", {DOCS}, {PLOTS}" if docs else ""), file=sys.stderr)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "build/bench", help="where the programs are")
    parser.add_argument("--docs", action="store_true", help="put figures and plots into docs/ as well")
    parser.add_argument("--runs", type=int, default=5, help="of each pool, for each number of jobs (5)")
    parser.add_argument("--quick", action="store_true", help="one run of each: for a first look")
    parser.add_argument("--only", default="", metavar="REGEX", help="rows whose work/jobs/row matches")
    parser.add_argument("--keep", action="store_true", help="keep the last results of the rows not run now")
    parser.add_argument("--redraw", action="store_true", help="measure nothing: write the last results again")
    parser.add_argument(
        "--patience", type=float, default=10, metavar="S", help="wait so long for a quiet machine, each time (10)"
    )
    python = "/usr/bin/python3"  # the one that knows Debian's gevent
    parser.add_argument("--python", default=python if os.access(python, os.X_OK) else sys.executable)
    options = parser.parse_args()
    if options.quick:
        options.runs = 1
    return options


def main():
    options = parse_arguments()
    saved = options.build / "pools/results.json"
    saved.parent.mkdir(parents=True, exist_ok=True)
    if options.redraw:
        results = json.loads(saved.read_text())
    else:
        works = json.loads(saved.read_text())["works"] if options.keep and saved.exists() else {}
        versions = {
            "python": output_of(options.python, "--version"),
            "gevent": output_of(options.python, "-c", "import gevent; print(gevent.__version__)") or "absent",
        }
        results = {"machine": machine() | versions, "works": works}
        measure(options, results, lambda: saved.write_text(json.dumps(results)))
    write(options, results)


if __name__ == "__main__":
    main()
