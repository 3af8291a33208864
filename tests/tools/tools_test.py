# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""The checks themselves: what breaks a rule of the house is told, what keeps it is not."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import check_docs  # noqa: E402
import check_floors  # noqa: E402

HEAD = "// SPDX-FileCopyrightText: 2026 The weft authors\n// SPDX-License-Identifier: MIT\n\n#pragma once\n\n"


class Floors(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("src/os/futex.hpp")
        self.write("src/wait/place.hpp")
        self.write("src/queue/ring.hpp")
        self.write("src/threading/state.hpp")

    def write(self, path, *includes, head=HEAD):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(head + "".join(f"#include {target}\n" for target in includes))

    def complaints(self):
        return [complaint for _, complaint in check_floors.check(self.root)]

    def assert_told(self, words):
        complaints = self.complaints()
        self.assertEqual(len(complaints), 1, complaints)
        self.assertIn(words, complaints[0])

    def test_downwards_and_along_the_arrows_is_allowed(self):
        self.write("src/sync/lock.hpp", '"wait/place.hpp"', '"os/futex.hpp"', '"weft/timeout.hpp"')
        self.write("src/queue/queue.cpp", '"queue/ring.hpp"', '"threading/state.hpp"', '"weft/queue.hpp"')
        self.write("include/weft/queue.hpp", '"weft/threading/lock.hpp"', '"weft/errors.hpp"', "<atomic>")
        self.write("src/cli/map.hpp")
        self.write("src/cli/main.cpp", '"weft/weft.hpp"', '"map.hpp"', "<thread>")
        self.assertEqual(self.complaints(), [])

    def test_a_lower_floor_includes_a_higher(self):
        self.write("src/os/process.cpp", '"wait/place.hpp"')
        self.assert_told("os may not include wait")

    def test_a_floor_includes_a_room(self):
        self.write("src/sync/lock.hpp", '"weft/threading/lock.hpp"')
        self.assert_told("sync may not include threading")

    def test_a_room_goes_against_the_arrows(self):
        self.write("src/threading/thread.cpp", '"weft/queue.hpp"')
        self.assert_told("threading may not include queue")

    def test_a_face_looks_inside(self):
        self.write("src/cli/main.cpp", '"threading/state.hpp"')
        self.assert_told("a face includes public headers only")

    def test_a_public_header_includes_src(self):
        self.write("include/weft/queue.hpp", '"queue/ring.hpp"')
        self.assert_told("never includes src/")

    def test_a_public_header_includes_what_costs_most(self):
        self.write("include/weft/queue.hpp", "<mutex>")
        self.assert_told("which public headers leave out")

    def test_the_licence_lines_and_pragma_once(self):
        self.write("src/os/bare.hpp", head="int x;\n")
        complaints = self.complaints()
        self.assertEqual(len(complaints), 3, complaints)

    def test_an_unknown_folder(self):
        self.write("src/util/helper.hpp")
        self.assert_told("'util' is no floor")


class Docs(unittest.TestCase):
    def blocks(self, text):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "page.md"
            file.write_text(text)
            return list(check_docs.blocks_of(file))

    def test_what_is_given_is_the_nearest(self):
        first, second = self.blocks("<!-- cpp: int a; -->\n```cpp\na;\n```\nwords\n<!-- cpp: int b; -->\n```cpp\nb;\n```\n")
        self.assertEqual((first.given, second.given), ("int a;", "int b;"))

    def test_kinds_output_and_what_is_given(self):
        given, program, sketch = self.blocks(
            "<!-- cpp: int x = 1; -->\n```cpp\n#include <map>\n++x;\n```\n"
            "```cpp run\nint main() {}\n```\n\n```text\nhello\n```\n"
            "```sh\nmake\n```\n```cpp sketch\n...\n```\n")
        self.assertEqual((given.kind, given.given), ("statements", "int x = 1;"))
        self.assertLess(given.source().index("#include <map>"), given.source().index("int main"))
        self.assertEqual((program.kind, program.output), ("run", "hello\n"))
        self.assertEqual(sketch.kind, "sketch")


if __name__ == "__main__":
    unittest.main()
