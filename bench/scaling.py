#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""What more cores bring: weft and its peers with 1, 2, 4 ... workers, up to one for each core.

Writes table.md, a plot for each workload and results.json to build/bench/scaling. Each run is a process of its own;
the competitors take turns, and the numbers of workers with them.
"""

import argparse
import json
import os
import re
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

import plot
from measure import CORES, ENOUGH, HERE, Patience, ask, described, machine, median, number, take_turns
from workloads import WORKLOADS

COLOURS = {
    "weft": "#c8431a",
    "tbb": "#2463ae",
    "libfork": "#7b3fa0",
    "rayon": "#1a7f4b",
    "openmp": "#b59a3c",
    "concurrencpp": "#6b7785",
    "bs_thread_pool": "#9aa5b1",
}


@dataclass(frozen=True)
class Growth:
    """A column whose competitors take the number of workers as their third argument."""

    workload: str
    column: str
    competitors: tuple[str, ...]

    @property
    def key(self):
        return f"{self.workload}/{self.column}"

    @property
    def title(self):
        workload = next(each for each in WORKLOADS if each.name == self.workload)
        column = next(each for each in workload.columns if each.key == self.column)
        return f"{workload.title.split(':')[0].split(',')[0]}: {column.title} ({workload.unit})"


GROWTHS = (
    *(
        Growth("fork_join", column, ("weft", "rayon", "libfork", "tbb"))
        for column in ("fib_32", "skynet_1e7", "nqueens_12")
    ),
    *(Growth("parallel_map", column, ("weft", "openmp", "tbb")) for column in ("roots_1e6", "roots_1000")),
    *(
        Growth("pool", column, ("weft", "concurrencpp", "tbb", "bs_thread_pool"))
        for column in ("post", "future", "round_trip")
    ),
)


def numbers_of_workers(most):
    """1, 2, 4 ... and the most."""
    return sorted({2**i for i in range(most.bit_length())} | {most})


def measure(options, results, save):
    for growth in GROWTHS:
        if not re.search(options.only, growth.key):
            continue
        commands = {}
        for workers in numbers_of_workers(options.most):
            for name in growth.competitors:
                program = options.build / "bin" / growth.workload / name
                if os.access(program, os.X_OK):
                    commands[f"{name} {workers}"] = [str(program), growth.column, str(options.scale), str(workers)]
                elif workers == 1:
                    print(f"{growth.key}: no {name}: it was not built", file=sys.stderr)
        results["growths"][growth.key] = take_turns(commands, ask, options.runs, Patience(options.patience))
        save()
        medians = (f"{row} {number(median(taken))}" for row, taken in results["growths"][growth.key].items())
        print(f"{growth.key}: " + ", ".join(medians), file=sys.stderr)


def points(growth, name, rows):
    """(workers, what was measured with them) of one competitor."""
    return [
        (int(workers), taken["value"]) for row, taken in rows.items() for who, workers in [row.split()] if who == name
    ]


def table(growth, rows):
    """A line for each competitor: the median, and how many times as fast that is as its own single worker."""
    counts = sorted({int(row.split()[1]) for row in rows})
    lines = [
        "| | " + " | ".join(f"{n} worker" + "s" * (n > 1) for n in counts) + " |",
        "|---" * (len(counts) + 1) + "|",
    ]
    for name in growth.competitors:
        by_workers = {workers: statistics.median(values) for workers, values in points(growth, name, rows)}
        if not by_workers:
            continue
        alone = by_workers.get(1)
        cells = []
        for n in counts:
            value = by_workers.get(n)
            faster = f" x{alone / value:.2f}" if value and alone and n > 1 else ""
            cells.append("-" if value is None else number(value) + faster)
        lines.append(f"| {f'**{name}**' if name == 'weft' else name} | " + " | ".join(cells) + " |")
    return lines


def draw(growth, rows):
    curves = []
    for name in growth.competitors:
        if measured := points(growth, name, rows):
            curves.append(plot.Curve(name, measured, COLOURS[name], strong=name == "weft"))
    faster = [
        plot.Curve(
            curve.name,
            [(n, [statistics.median(curve.points[0][1]) / value for value in values]) for n, values in curve.points],
            curve.colour,
            strong=curve.strong,
        )
        for curve in curves
        if curve.points[0][0] == 1
    ]
    panels = [(growth.title + ", less is better", curves), ("times as fast as with one worker", faster)]
    return plot.growth(growth.key, "workers", panels)


def write(options, results):
    text = [
        "# What more cores bring",
        "",
        f"{described(results['machine'])}; medians of {results['runs']} interleaved runs. x: times as fast as with one "
        f"worker. Who took more than {ENOUGH} s for a column was not run again there.",
        "",
        "Where tasks are posted, TBB's caller is one of its workers; the others have one thread more, which posts.",
        "",
    ]
    for growth in GROWTHS:
        if rows := results["growths"].get(growth.key):
            text += [f"## {growth.title}", "", *table(growth, rows), ""]
            if any(row.endswith(" 1") for row in rows):
                (options.out / f"{growth.key.replace('/', '-')}.svg").write_text(draw(growth, rows))
    (options.out / "table.md").write_text("\n".join(text))
    print("\n".join(text))
    print(f"Written: {options.out}", file=sys.stderr)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=HERE.parent / "build/bench", help="where the programs are")
    parser.add_argument("--out", type=Path, help="where the results go (scaling, in there)")
    parser.add_argument("--most", type=int, default=CORES, help=f"workers, at most ({CORES})")
    parser.add_argument("--runs", type=int, default=7, help="of each competitor, for each number of workers (7)")
    parser.add_argument("--scale", type=float, default=1.0, help="how much of the usual work (1)")
    parser.add_argument("--only", default="", metavar="REGEX", help="columns whose workload/column matches")
    parser.add_argument(
        "--patience", type=float, default=10, metavar="S", help="wait so long for a quiet machine, for each column (10)"
    )
    options = parser.parse_args()
    options.out = options.out or options.build / "scaling"
    return options


def main():
    options = parse_arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    results = {"machine": machine(), "runs": options.runs, "growths": {}}
    measure(options, results, lambda: (options.out / "results.json").write_text(json.dumps(results, indent=1)))
    write(options, results)


if __name__ == "__main__":
    main()
