#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Checks that every file keeps to its floor.

A floor includes only what is below it; rooms include other rooms along the
arrows below and no others; faces and users see public headers only. Public
headers never include src/, and leave out the standard headers that cost most.
Prints one line for each breach, and how many files it read.

    tools/check_floors.py [ROOT]
"""

import pathlib
import re
import sys

FLOORS = {"os": 0, "wait": 1, "sync": 2, "work": 3}
ROOM = 4
ARROWS = {
    "threading": set(),
    "queue": {"threading"},
    "subprocess": set(),
    "concurrent": {"threading", "queue", "multiprocessing"},
    "multiprocessing": {"threading", "queue", "subprocess"},
    "greenlet": set(),
    "generator": set(),
    "gevent": {"threading", "queue", "subprocess", "greenlet"},
    "celery": {"concurrent", "multiprocessing", "gevent", "amqp"},
    "amqp": set(),
}
FACES = {"cli"}
GROUND = {"errors", "timeout", "codec", "cpu_count", "progress", "version", "detail"}  # shared by every floor
LEFT_OUT = {"chrono", "thread", "future", "mutex", "iostream"}  # of public headers: they cost too much

SPDX = ("SPDX-FileCopyrightText: 2026 The weft authors", "SPDX-License-Identifier: MIT")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
SOURCES = {".hpp", ".cpp", ".h", ".S", ".py", ".sh", ".cmake"}


def place_of(path):
    """The floor, room or face that a file under src/ or include/weft/ belongs to."""
    first = path.parts[0].removesuffix(".hpp").removesuffix(".cpp")
    return "ground" if first in GROUND else first


def may_include(own, other):
    """Whether a file in `own` may include one in `other`, both as place_of names them."""
    if own == other or other == "ground":
        return True
    if own == "ground":
        return False
    if own in FLOORS:
        return other in FLOORS and FLOORS[other] < FLOORS[own]
    if own in ARROWS:
        return other in FLOORS or other in ARROWS[own]
    return False


def check_includes(root, path, text):
    inside = path.relative_to(root)
    public = inside.parts[0] == "include"
    where = pathlib.Path(*inside.parts[2:] if public else inside.parts[1:])
    own = place_of(where)
    if not (own in FLOORS or own in ARROWS or own in FACES or own == "ground" or where.name == "weft.hpp"):
        yield f"'{own}' is no floor, room or face that this script knows"
        return
    for quote, target in INCLUDE.findall(text):
        if quote == "<":
            if target.startswith("weft/"):
                yield f'includes <{target}>: our own headers are included as "{target}"'
            elif public and target in LEFT_OUT:
                yield f"includes <{target}>, which public headers leave out"
            continue
        if own in FACES and (path.parent / target).exists():
            continue  # src/ is not on a face's include path, so it names its own files plainly
        is_public = target.startswith("weft/")
        if not is_public and not (root / "src" / target).exists():
            yield f'includes "{target}", which is neither "weft/..." nor a path under src/'
            continue
        if public and not is_public:
            yield f'includes "{target}": a public header never includes src/'
            continue
        other = place_of(pathlib.Path(target.removeprefix("weft/")))
        if where.name == "weft.hpp" and public:
            continue
        if own in FACES:
            if not is_public and other != own:
                yield f'includes "{target}": a face includes public headers only'
        elif not may_include(own, other):
            yield f'includes "{target}": {own} may not include {other}'


def check(root):
    """Yields (path, complaint) for every breach under `root`, and returns how many files it read."""
    count = 0
    for top in ("include", "src", "tests", "bench", "examples", "tools", "python", "cmake"):
        for path in sorted((root / top).rglob("*")):
            if not (path.suffix in SOURCES or path.name == "CMakeLists.txt") or not path.is_file():
                continue
            count += 1
            text = path.read_text()
            head = text[:300].splitlines()[:4]
            for line in SPDX:
                if not any(line in h for h in head):
                    yield path, f"lacks the line '{line}' at its top"
            if path.suffix in (".hpp", ".h") and "\n#pragma once\n" not in text:
                yield path, "lacks #pragma once"
            if top in ("include", "src") and path.suffix in (".hpp", ".cpp", ".h"):
                for complaint in check_includes(root, path, text):
                    yield path, complaint
    return count


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    breaches, run = 0, check(root)
    while True:
        try:
            path, complaint = next(run)
        except StopIteration as end:
            print(f"floors: {end.value} files, {breaches} breaches")
            return 1 if breaches else 0
        breaches += 1
        print(f"{path.relative_to(root)}: {complaint}")


if __name__ == "__main__":
    sys.exit(main())
