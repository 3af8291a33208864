// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// A tree in order, three times: by `yield from`, the same with a stack, and by
// handing `yield` on to a recursive function, which Python cannot do.

#include <weft/generator.hpp>

#include <cstdio>

using weft::Generator, weft::Yielding;

struct Tree {
  const Tree* left;
  char value;
  const Tree* right;
};

Generator<char> walk(const Tree* tree) {
  if (tree == nullptr) co_return;
  co_yield from(walk(tree->left));
  co_yield tree->value;
  co_yield from(walk(tree->right));
}

void visit(const Tree* tree, Yielding<char>& yield) {
  if (tree == nullptr) return;
  visit(tree->left, yield);
  yield(tree->value);
  visit(tree->right, yield);
}

int main() {
  Tree a{nullptr, 'a', nullptr}, c{nullptr, 'c', nullptr}, e{nullptr, 'e', nullptr};
  Tree b{&a, 'b', &c}, d{&b, 'd', &e};

  for (char value : walk(&d)) std::printf("%c ", value);
  std::printf("\n");
  for (char value : Generator<char>([&](auto& yield) { yield.from(walk(&d)); })) std::printf("%c ", value);
  std::printf("\n");
  for (char value : Generator<char>([&](auto& yield) { visit(&d, yield); })) std::printf("%c ", value);
  std::printf("\n");
}
