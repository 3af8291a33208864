#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Runs weft and its peers interleaved, and writes a table (table.md), a plot (plot.svg) and results.json.

For each column every competitor runs once, then every one again, and so on: A B C A B C. Each run is a process of its
own that prints one number. What stands in the table is the median of the runs, with the least and the greatest.
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path

import plot
from measure import (
    ENOUGH,
    HERE,
    NOISY,
    Patience,
    ask,
    described,
    half_of_the_cpu_taken,
    machine,
    median,
    number,
    spread,
    take_turns,
)
from workloads import GOALS, WORKLOADS

COLUMNS = 6  # in a table, at most


def competitors(workload, build, also):
    """Name -> command, weft first; and the names of those that are not built."""
    found, absent = {}, []
    for source in sorted((HERE / workload.name).iterdir()):
        if source.stem == "workload" or source.suffix not in (".cpp", ".rs", ".go", ".py"):
            continue
        program = build / "bin" / workload.name / source.stem
        if source.suffix == ".py":
            found[source.stem] = [sys.executable, str(source)]
        elif os.access(program, os.X_OK):
            found[source.stem] = [str(program)]
        else:
            absent.append(source.stem)
    for name, program in also.items():
        folder, _, competitor = name.partition("/")
        if folder == workload.name:
            found[competitor] = [program]
    return dict(sorted(found.items(), key=lambda item: item[0] != "weft")), absent


def measure(column, commands, options, environment):
    """Name -> {"value": [...], "share": [...], "noisy": n} for one column."""
    with half_of_the_cpu_taken(column.loaded) as hogs:
        return take_turns(
            commands,
            lambda command: ask([*command, column.name, str(options.scale)], environment),
            options.runs,
            Patience(options.patience),
            hogs,
        )


def best_peer(workload, rows):
    peers = (median(row) for name, row in rows.items() if name != "weft" and name not in workload.references)
    return min(peers, default=None)


def workload_tables(workload, columns):
    shown = [column for column in workload.columns if columns.get(column.key)]
    lines = [f"### {workload.title} ({workload.unit})", ""]
    for first in range(0, len(shown), COLUMNS):
        lines += table(workload, columns, shown[first : first + COLUMNS])
    return lines + ([workload.note, ""] if workload.note else [])


def table(workload, columns, shown):
    """One row for each competitor, the figures of a column below each other."""
    names = dict.fromkeys(name for column in shown for name in columns[column.key])
    lines = [
        "| | " + " | ".join(column.title for column in shown) + " |",
        "|---" * (len(shown) + 1) + "|",
    ]
    for name in names:
        cells = []
        for column in shown:
            rows = columns[column.key]
            if name not in rows:
                cells.append("-")
                continue
            cell = spread(rows[name])
            if best := best_peer(workload, rows):
                cell += f" x{median(rows[name]) / best:.2f}"
            if "share" in rows[name]:
                cell += f", share {median(rows[name], 'share'):.2f}"
            if rows[name]["noisy"]:
                cell += f" ~{rows[name]['noisy']}"
            cells.append(cell)
        title = f"**{name}**" if name == "weft" else name + (" †" if name in workload.references else "")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return lines + [""]


def judge(goal, results):
    """(what it is beside, the figure there, weft's figure, the ratio or None, "met" | "missed" | why not measured)."""
    columns = results["columns"].get(goal.workload, {})
    weft = columns.get(goal.column, {}).get("weft")
    if goal.share:
        if not weft:
            return "share", "", "", None, "not measured"
        share = median(weft, "share")
        return "share", "", f"{share:.2f}", None, "met" if share >= goal.limit else "missed"
    if goal.beside_column:
        beside, other = f"itself, {goal.beside_column}", columns.get(goal.beside_column, {}).get("weft")
    else:
        beside, other = goal.beside, columns.get(goal.column, {}).get(goal.beside)
    ours = spread(weft) if weft else ""
    theirs = spread(other) if other else ""
    if not weft or (beside and not other):
        return beside, theirs, ours, None, "not measured"
    if not beside:
        return "", "", ours, None, "met" if median(weft) <= goal.limit else "missed"
    ratio = median(weft) / median(other)
    return beside, theirs, ours, ratio, "met" if ratio <= goal.limit else "missed"


def goal_table(results):
    lines = [
        "| workload | column | weft | beside | its figure | ratio | goal | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for workload in WORKLOADS:
        for goal in (goal for goal in GOALS if goal.workload == workload.name):
            beside, theirs, ours, ratio, verdict = judge(goal, results)
            if goal.share:
                wanted = f">= {goal.limit:.2g}"
            else:
                wanted = f"<= {goal.limit:.3g}x" if beside else f"<= {goal.limit:g} {workload.unit}"
            shown = f"{ratio:.2f}x" if ratio is not None else ""
            lines.append(
                f"| {goal.workload} | {goal.column} | {ours} | {beside} | {theirs} | {shown} | {wanted} "
                f"| {verdict if verdict != 'missed' else '**missed**'} |"
            )
    return lines + [""]


def report(results):
    lines = [
        "# weft beside its peers",
        "",
        f"{described(results['machine'])}; {results['runs']} runs of each, interleaved.",
        "",
        "Median [least-greatest] of the runs; x is the ratio to the best peer of the column; less is better. "
        "† no peer, but a limit or another kind of thing. ~n: in n of the runs other programs used more than "
        f"{NOISY:.0%} of the machine. Who took more than {ENOUGH} s for a column was not run again there.",
        "",
        "What the numbers do not show: machines with more cores than this one; how the peers do with other options "
        "than their usual ones. Contended figures have two modes, both threads on one core or on two; a ratio nearer "
        "to 1 than 1.5 may be chance there. What sleeps and wakes depends on how fast this machine wakes an idle core.",
        "",
        "## Goals",
        "",
        *goal_table(results),
        "## Figures",
        "",
    ]
    for workload in WORKLOADS:
        if any(results["columns"].get(workload.name, {}).values()):
            lines += workload_tables(workload, results["columns"][workload.name])
    return "\n".join(lines)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=HERE.parent / "build/bench", help="where the programs are")
    parser.add_argument("--runs", type=int, default=7, help="of each competitor, for each column (7)")
    parser.add_argument("--only", default="", metavar="REGEX", help="columns whose workload/column matches")
    parser.add_argument("--competitors", default="", metavar="REGEX", help="competitors whose name matches")
    parser.add_argument(
        "--patience", type=float, default=10, metavar="S", help="wait so long for a quiet machine, for each column (10)"
    )
    parser.add_argument("--quick", action="store_true", help="3 runs of a fifth of the work: for a first look")
    parser.add_argument("--keep", action="store_true", help="keep the last results of the columns not run now")
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="WORKLOAD/NAME=PROGRAM",
        help="one more competitor, built elsewhere: it takes a column and a scale and prints a number",
    )
    options = parser.parse_args()
    options.scale = 0.2 if options.quick else 1.0
    if options.quick:
        options.runs = min(options.runs, 3)
    return options


def main():
    options = parse_arguments()
    out = options.build
    out.mkdir(parents=True, exist_ok=True)
    also = dict(each.split("=", 1) for each in options.also)
    environment = {**os.environ, "WEFT_BENCH_BUILD": str(options.build)}
    saved = out / "results.json"
    columns = json.loads(saved.read_text())["columns"] if options.keep and saved.exists() else {}
    results = {"machine": machine(), "runs": options.runs, "columns": columns}

    for workload in WORKLOADS:
        wanted = [column for column in workload.columns if re.search(options.only, f"{workload.name}/{column.key}")]
        if not wanted:
            continue
        commands, absent = competitors(workload, options.build, also)
        for name in absent:
            print(f"{workload.name}: no {name}: it was not built", file=sys.stderr)
        commands = {name: command for name, command in commands.items() if re.search(options.competitors, name)}
        for column in wanted:
            rows = measure(column, commands, options, environment)
            results["columns"].setdefault(workload.name, {})[column.key] = rows
            medians = (f"{name} {number(median(row))}" for name, row in rows.items())
            print(f"{workload.name}/{column.key}: " + ", ".join(medians), file=sys.stderr)
            saved.write_text(json.dumps(results, indent=1))  # who is interrupted goes on with --keep

    text = report(results)
    (out / "table.md").write_text(text)
    (out / "plot.svg").write_text(plot.draw(results))
    print(text)
    print(f"Written: {out}/table.md, plot.svg, results.json", file=sys.stderr)


if __name__ == "__main__":
    main()
