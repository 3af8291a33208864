// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A parser that reads as if it had all of its input, fed piece by piece as input
// comes in: wherever it needs more, in whatever depth, it rests.

#include <weft/generator.hpp>

#include <cstdio>
#include <string>

using weft::Generator, weft::Yielding;

class Parser {
 public:
  explicit Parser(Yielding<std::string, std::string>& yield) : yield_(yield) {}

  // words, and (groups of them), told with their depth
  void words(int depth) {
    std::string word;
    for (;;) {
      char c = next();
      if (c != ' ' && c != '(' && c != ')') {
        word += c;
        continue;
      }
      if (!word.empty()) found_ += std::to_string(depth) + ":" + word + " ";
      word.clear();
      if (c == '(') words(depth + 1);
      if (c == ')') return;
    }
  }

 private:
  char next() {
    while (at_ == input_.size()) {
      input_ = yield_(found_);
      found_.clear();
      at_ = 0;
    }
    return input_[at_++];
  }

  Yielding<std::string, std::string>& yield_;
  std::string input_, found_;
  std::size_t at_ = 0;
};

int main() {
  Generator<std::string, std::string> parser([](auto& yield) { Parser(yield).words(0); });
  parser.next();
  for (const char* piece : {"one tw", "o (three f", "our (fi", "ve) six", ") seven "}) {
    std::printf("'%s' -> %s\n", piece, parser.send(piece)->c_str());
  }
}
