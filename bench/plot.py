# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Draws results as an SVG: bars for competitors, a panel for each column (draw), or curves of what grows (growth). The
scales are logarithmic."""

import math
import statistics
from dataclasses import dataclass
from html import escape

from measure import described
from workloads import GOALS, WORKLOADS

WIDTH, MARGIN, GAP, ACROSS = 1240, 28, 26, 3
PANEL = (WIDTH - 2 * MARGIN - (ACROSS - 1) * GAP) / ACROSS
LABEL, FIGURE, ROW, HEAD, FOOT = 152, 58, 17, 22, 20

INK, FAINT, GRID = "#1f2933", "#6b7785", "#e3e8ed"
WEFT, PEER, REFERENCE, GOAL = "#c8431a", "#9db4c8", "#dfe6ec", "#1a7f4b"


def figure(value):
    if value >= 1e6:
        return f"{value / 1e6:.3g}M"
    if value >= 1e4:
        return f"{value / 1e3:.3g}k"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def text(x, y, content, size=11, fill=INK, anchor="start", weight="normal"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(content)}</text>'
    )


def line(x1, y1, x2, y2, stroke, width=1.0, dash=""):
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
        f'stroke-width="{width}"{dashes}/>'
    )


def page(height, parts):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" font-family="Inter, Helvetica, Arial, DejaVu Sans, sans-serif">\n'
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


class Scale:
    """Where a value stands: whole decades around everything that is shown of one workload."""

    def __init__(self, values, room=0.05):
        self.low = math.floor(math.log10(min(values)) - room)
        self.high = max(math.ceil(math.log10(max(values))), self.low + 1)

    def __call__(self, value):
        return (math.log10(value) - self.low) / (self.high - self.low)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def panel(x, y, title, rows, references, scale, goal):
    """One column; `rows` are (name, values), best first; `goal` is where weft's bar is to end, or None."""
    left, right = x + LABEL, x + PANEL - FIGURE
    bottom = y + HEAD + ROW * len(rows)

    def at(value):
        return left + scale(value) * (right - left)

    parts = [text(x, y + 12, title, 12, weight="600")]
    for tick in scale.ticks():
        parts.append(line(at(tick), y + HEAD - 3, at(tick), bottom, GRID))
        parts.append(text(at(tick), bottom + 12, figure(tick), 9, FAINT, "middle"))
    for index, (name, values) in enumerate(rows):
        top = y + HEAD + index * ROW
        median = statistics.median(values)
        ours = name == "weft"
        fill = WEFT if ours else REFERENCE if name in references else PEER
        shown = name + (" †" if name in references else "")
        weight = "700" if ours else "normal"
        parts.append(text(left - 6, top + 11.5, shown, 11, WEFT if ours else INK, "end", weight))
        parts.append(
            f'<rect x="{left:.1f}" y="{top + 2:.1f}" width="{at(median) - left:.1f}" height="{ROW - 5}" '
            f'fill="{fill}" rx="1.5"/>'
        )
        middle = top + ROW / 2 - 0.5
        parts.append(line(at(min(values)), middle, at(max(values)), middle, INK, 1))
        for end in (min(values), max(values)):
            parts.append(line(at(end), middle - 2.5, at(end), middle + 2.5, INK, 1))
        parts.append(text(x + PANEL, top + 11.5, figure(median), 11, WEFT if ours else INK, "end", weight))
    if goal:
        parts.append(line(at(goal), y + HEAD - 3, at(goal), bottom, GOAL, 1.5, "4 3"))
    return parts, HEAD + ROW * len(rows) + FOOT


def end_of_goals(workload, column, columns):
    """The strictest of the column's goals, as a value; None if there is none or its peer was not measured."""
    ends = []
    for goal in GOALS:
        if goal.workload != workload.name or goal.column != column.key or goal.share:
            continue
        where = columns.get(goal.beside_column or column.key, {})
        other = where.get("weft" if goal.beside_column else goal.beside)
        if goal.beside or goal.beside_column:
            if other:
                ends.append(goal.limit * statistics.median(other["value"]))
        else:
            ends.append(goal.limit)
    return min(ends, default=None)


def draw(results):
    parts, y = [], MARGIN + 18
    parts.append(text(MARGIN, y, "weft beside its peers", 22, weight="700"))
    y += 20
    parts.append(
        text(
            MARGIN,
            y,
            f"{described(results['machine'])}; median and range of {results['runs']} interleaved runs",
            11,
            FAINT,
        )
    )
    y += 16
    parts.append(
        text(MARGIN, y, "Shorter is better; the scale is logarithmic. † no peer, but a limit. Dashed:", 11, FAINT)
    )
    parts.append(line(MARGIN + 418, y - 4, MARGIN + 446, y - 4, GOAL, 1.5, "4 3"))
    parts.append(text(MARGIN + 452, y, "what weft's bar is not to pass.", 11, FAINT))
    y += 30
    for workload in WORKLOADS:
        columns = results["columns"].get(workload.name, {})
        shown = [column for column in workload.columns if columns.get(column.key)]
        if not shown:
            continue
        parts.append(line(MARGIN, y - 16, WIDTH - MARGIN, y - 16, GRID))
        parts.append(text(MARGIN, y + 4, f"{workload.title}, {workload.unit}", 15, weight="700"))
        y += 20
        goals = {column: end_of_goals(workload, column, columns) for column in shown}
        values = [v for column in shown for row in columns[column.key].values() for v in row["value"]]
        scale = Scale(values + [goal for goal in goals.values() if goal])
        for first in range(0, len(shown), ACROSS):
            tallest = 0
            for place, column in enumerate(shown[first : first + ACROSS]):
                rows = sorted(
                    ((name, row["value"]) for name, row in columns[column.key].items()),
                    key=lambda item: statistics.median(item[1]),
                )
                x = MARGIN + place * (PANEL + GAP)
                drawn, height = panel(x, y, column.title, rows, workload.references, scale, goals[column])
                parts += drawn
                tallest = max(tallest, height)
            y += tallest + 14
        y += 22
    return page(y, parts)


@dataclass(frozen=True)
class Curve:
    """What grows: `points` are (x, values), drawn at their median with their range."""

    name: str
    points: list
    colour: str
    dashes: str = ""
    strong: bool = False


def apart(wanted, least):
    """The places nearest to those wanted, in the same order, no two of them nearer than `least`."""
    groups = []  # [sum of the wanted places of the firsts, members]
    for place in sorted(wanted):
        groups.append([place, 1])
        while len(groups) > 1 and middle_of(groups[-2], least)[1] + least > middle_of(groups[-1], least)[0]:
            place_sum, members = groups.pop()
            groups[-1][0] += place_sum
            groups[-1][1] += members
    return [middle_of(group, least)[0] + least * i for group in groups for i in range(group[1])]


def middle_of(group, least):
    """The first and the last place of a group that stands around the middle of what its members wanted."""
    place_sum, members = group
    half = least * (members - 1) / 2
    return place_sum / members - half, place_sum / members + half


def growth(title, unit, panels):
    """Panels side by side, (title, curves) each, on two logarithmic scales; each curve is named where it ends."""
    height, names = 330, 236
    width = (WIDTH - 2 * MARGIN - (len(panels) - 1) * GAP) / len(panels)
    parts = [text(MARGIN, MARGIN + 10, title, 15, weight="700")]
    top, bottom = MARGIN + 48, MARGIN + 48 + height
    for place, (head, curves) in enumerate(panels):
        left = MARGIN + place * (width + GAP) + 34
        right = left + width - names - 34
        x = Scale([at for curve in curves for at, _ in curve.points], room=0)
        y = Scale([value for curve in curves for _, values in curve.points for value in values])

        def down(value, y=y):
            return bottom - y(value) * height

        def across(value, x=x, left=left, right=right):
            return left + x(value) * (right - left)

        parts.append(text(left - 34, top - 14, head, 12, weight="600"))
        for tick in y.ticks():
            parts.append(line(left, down(tick), right, down(tick), GRID))
            parts.append(text(left - 6, down(tick) + 3, figure(tick), 9, FAINT, "end"))
        for tick in x.ticks():
            parts.append(line(across(tick), top, across(tick), bottom, GRID))
            parts.append(text(across(tick), bottom + 13, figure(tick), 9, FAINT, "middle"))
        parts.append(text((left + right) / 2, bottom + 27, unit, 10, FAINT, "middle"))

        ends = sorted(curves, key=lambda curve: down(statistics.median(curve.points[-1][1])))
        for curve in ends:
            medians = [(across(at), down(statistics.median(values))) for at, values in curve.points]
            dashes = f' stroke-dasharray="{curve.dashes}"' if curve.dashes else ""
            parts.append(
                f'<polyline points="{" ".join(f"{a:.0f},{b:.1f}" for a, b in medians)}" fill="none" '
                f'stroke="{curve.colour}" stroke-width="{2.4 if curve.strong else 1.4}"{dashes}/>'
            )
            ranges = (f"M{across(at):.0f},{down(min(v)):.1f}V{down(max(v)):.1f}" for at, v in curve.points)
            parts.append(f'<path d="{"".join(ranges)}" stroke="{curve.colour}"/>')
        places = apart([down(statistics.median(curve.points[-1][1])) for curve in ends], 13)
        for curve, at in zip(ends, places):
            end, values = curve.points[-1]
            parts.append(line(across(end) + 2, down(statistics.median(values)), right + 12, at, curve.colour, 0.6))
            weight = "700" if curve.strong else "normal"
            parts.append(text(right + 15, at + 3.5, curve.name, 10.5, curve.colour, weight=weight))
    return page(bottom + 40, parts)
