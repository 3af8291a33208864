#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Compiles the C++ of README.md, CONTRIBUTING.md and docs/, and runs what asks for it, shell included.

The word after ```cpp says what a block is:

    ```cpp          statements, which are run; #include and using lines are hoisted out of them
    ```cpp file     a whole file, or declarations: compiled only
    ```cpp run      a whole program: it is linked, run, and must end with 0; a ```text
                    block that follows directly is what it prints
    ```cpp sketch   not compiled: an outline, or what does not compile on purpose

    ```sh run       bash runs it in an empty folder, with the built weft in its PATH; a ```text
                    block that follows directly is what it prints

`<!-- cpp: ... -->` on a line before a block of statements declares what it
takes for granted: <!-- cpp: Queue<int> jobs; --> .
Each `weft map ...` inside a text or a table, and each example of `weft map --help`, must be understood: it is run with
--dry-run, where it names everything.
Relative links and their anchors must lead somewhere, too. What runs must end with 0, within a
minute. Programs need a built library.

    tools/check_docs.py [--build FOLDER] [--compiler COMPILER] [FILE...]
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)``` *$", re.MULTILINE | re.DOTALL)
GIVEN = re.compile(r"<!-- cpp: ((?:(?!-->).)*) -->\s*$", re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
HEADING = re.compile(r"^#+ +(.*?) *#*$", re.MULTILINE)
FILES = "echo x | tee a.log access.log b.gz c.png urls urls.txt jobs commands > /dev/null\n"  # which examples name
PREAMBLE = '#include "weft/weft.hpp"\nusing namespace std::chrono_literals;\nusing namespace std::string_literals;\n'


class Block:
    def __init__(self, file, line, kind, body, given, output):
        self.where = f"{os.path.relpath(file, ROOT)}:{line}"
        self.kind, self.body, self.given, self.output = kind, body, given, output

    def source(self):
        if self.kind in ("file", "run"):
            return self.body
        hoisted, statements = [], []
        for line in self.body.splitlines():
            (hoisted if re.match(r"#include|using namespace", line) else statements).append(line)
        return "\n".join(["#include <chrono>\n#include <string>", PREAMBLE, *hoisted, "int main() {", self.given,
                          *statements, "}\n"])


def blocks_of(file):
    text = file.read_text()
    fences = list(FENCE.finditer(text))
    for i, fence in enumerate(fences):
        info = fence["info"].split()
        if info[:2] != ["sh", "run"] and info[:1] != ["cpp"]:
            continue
        given = GIVEN.search(text[:fence.start()])
        output = None
        if i + 1 < len(fences) and fences[i + 1]["info"].strip() == "text":
            if not text[fence.end():fences[i + 1].start()].strip():
                output = fences[i + 1]["body"]
        kind = "shell" if info[0] == "sh" else info[1] if len(info) > 1 else "statements"
        yield Block(file, text.count("\n", 0, fence.start()) + 1, kind,
                    fence["body"], given[1] if given else "", output)


def examples_of(text, file):
    text = FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)
    for match in CODE.finditer(text):
        command = match[0].strip("`").replace("\\|", "|")
        if "weft map " in command and "..." not in command and "--help" not in command:
            dry = FILES + command.replace("weft map", "weft map --dry-run", 1) + " > /dev/null < urls"
            yield Block(ROOT / file, text.count("\n", 0, match.start()) + 1, "shell", dry, "", None)


def examples_of_help(build):
    """Those stand on lines of their own, some with a remark after them."""
    shown = subprocess.run([build / "weft", "map", "--help"], capture_output=True, text=True, check=True).stdout
    examples = shown.partition("Examples:\n")[2].partition("\n\n")[0]
    return examples_of("\n".join(f"`{re.split('   +', line.strip())[0]}`" for line in examples.splitlines()), "help")


def check_block(block, compiler, build):
    """What is wrong with the block, or None."""
    try:
        return complaint_about(block, compiler, build)
    except subprocess.TimeoutExpired as error:
        return f"did not end within {error.timeout:.0f} s"


def complaint_about(block, compiler, build):
    if block.kind == "shell":
        with tempfile.TemporaryDirectory() as folder:
            path = f"{build}:{os.environ['PATH']}"
            run = subprocess.run(["bash", "-c", block.body], capture_output=True, text=True, timeout=60, check=False, cwd=folder,
                                 stdin=subprocess.DEVNULL, env={**os.environ, "PATH": path})
        if run.returncode:
            return f"ended with {run.returncode}\n{run.stderr}"
        if block.output is not None and run.stdout != block.output:
            return f"printed\n{run.stdout}{run.stderr}instead of\n{block.output}"
        return None
    command = [compiler, "-std=c++20", "-Wall", "-Wextra", "-Wno-unused", f"-I{ROOT}/include", "-x", "c++", "-"]
    if block.kind == "file":
        run = subprocess.run([*command, "-fsyntax-only"], input=block.source(), capture_output=True, text=True,
                             check=False)
        return run.stderr if run.returncode else None
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/program"
        run = subprocess.run([*command, "-o", program, f"-L{build}", f"-Wl,-rpath,{build}", "-lweft", "-pthread"],
                             input=block.source(), capture_output=True, text=True, check=False)
        if run.returncode:
            return run.stderr
        run = subprocess.run([program], capture_output=True, text=True, timeout=60, check=False,
                             stdin=subprocess.DEVNULL)
        if run.returncode:
            return f"ended with {run.returncode}\n{run.stderr}"
        if block.output is not None and run.stdout != block.output:
            return f"printed\n{run.stdout}instead of\n{block.output}"
    return None


def anchors_of(file):
    """The anchors of the headings, as mkdocs and GitHub make them."""
    for heading in HEADING.findall(FENCE.sub("", file.read_text())):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        yield re.sub(r"[ ]", "-", re.sub(r"[^\w\- ]", "", words.lower()))
        yield re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", words.lower()).strip())


def broken_links(file):
    text = re.sub(r"<!--.*?-->", "", CODE.sub("", FENCE.sub("", file.read_text())), flags=re.DOTALL)
    for target, anchor in LINK.findall(text):
        if "://" in target:
            continue
        leads_to = file.parent / target if target else file
        if not leads_to.exists():
            yield f"{os.path.relpath(file, ROOT)}: the link to {target} leads nowhere"
        elif anchor and leads_to.suffix == ".md" and anchor not in anchors_of(leads_to):
            yield f"{os.path.relpath(file, ROOT)}: {target or file.name} has no heading #{anchor}"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    options.add_argument("--compiler", default="g++")
    options.add_argument("files", nargs="*", type=pathlib.Path)
    options = options.parse_args()
    files = [f.resolve() for f in options.files] or sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

    complaints = [line for file in files for line in broken_links(file)]
    blocks = [b for file in files for b in blocks_of(file)]
    for block in blocks:
        if block.kind not in ("statements", "file", "run", "sketch", "shell"):
            complaints.append(f"{block.where}: '{block.kind}' is no kind of block")
    blocks = [b for b in blocks if b.kind in ("statements", "file", "run", "shell")]
    blocks += [b for file in files for b in examples_of(file.read_text(), file)]
    if not options.files:
        blocks += examples_of_help(options.build)
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        errors = list(pool.map(lambda b: check_block(b, options.compiler, options.build.resolve()), blocks))
    complaints += [f"{block.where}: " + "\n".join(error.splitlines()[:20]) for block, error in zip(blocks, errors) if error]
    print("\n".join(complaints), end="\n" if complaints else "")
    print(f"docs: {len(files)} files, {len(blocks)} blocks of code, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
