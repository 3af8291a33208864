# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT

# A parser that reads as if it had all of its input, fed piece by piece as input
# comes in: wherever it needs more it rests. In Python each level has to say so.


class Parser:
    def __init__(self):
        self.input, self.found, self.at = "", "", 0

    # words, and (groups of them), told with their depth
    def words(self, depth):
        word = ""
        while True:
            c = yield from self.next()
            if c not in " ()":
                word += c
                continue
            if word:
                self.found += f"{depth}:{word} "
            word = ""
            if c == "(":
                yield from self.words(depth + 1)
            if c == ")":
                return

    def next(self):
        while self.at == len(self.input):
            found, self.found = self.found, ""
            self.input = yield found
            self.at = 0
        self.at += 1
        return self.input[self.at - 1]


parser = Parser().words(0)
next(parser)
for piece in ("one tw", "o (three f", "our (fi", "ve) six", ") seven "):
    print(f"'{piece}' -> {parser.send(piece)}")
