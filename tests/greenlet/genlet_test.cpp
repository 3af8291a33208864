// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// Generators made of greenlets: greenlet's own tests/test_generator.py and
// test_generator_nested.py as far as they apply. (weft::Generator is another.)
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <vector>

#include "weft/greenlet.hpp"

namespace weft::test {
namespace {

using weft::greenlet::getcurrent, weft::greenlet::greenlet;
using Ints = std::vector<int>;

class Genlet {
 public:
  explicit Genlet(std::function<void()> f) : g_([f = std::move(f)](std::any) { f(); }) {}

  std::optional<int> next() {
    g_.set_parent(getcurrent());
    std::any result = g_.switch_to();
    return g_.dead() ? std::nullopt : std::optional(std::any_cast<int>(result));
  }

 private:
  greenlet<> g_;
};

void yield(int value) { getcurrent().parent().switch_to(value); }

TEST(GeneratorTests, Generator) {
  Ints seen;
  for (int i = 0; i < 3; ++i) {
    Genlet g([&] {
      for (int n = 0; n < 5; ++n) {
        seen.push_back(n);
        yield(n);
      }
    });
    while (auto n = g.next()) seen.push_back(*n);
  }
  EXPECT_EQ(seen, (Ints{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4}));
}

void downwards(int n) {
  if (n == 0) return;
  Genlet inner([n] { downwards(n - 1); });
  while (auto i = inner.next()) yield(*i);
  yield(n);
}

TEST(NestedGeneratorTests, NestedGenlets) {
  Ints seen;
  Genlet g([] { downwards(5); });
  while (auto i = g.next()) seen.push_back(*i);
  EXPECT_EQ(seen, (Ints{1, 2, 3, 4, 5}));
}

// One yields for its parent's parent, by leaving that one where it is.
TEST(NestedGeneratorTests, LayeredGenlets) {
  Ints seen;
  auto main = getcurrent();
  greenlet inner([&] {
    for (int i = 1; i < 4; ++i) {
      yield(i);
      main.switch_to(i * i);
    }
  });
  greenlet outer([&] {
    for (;;) {
      std::any i = inner.switch_to();
      if (inner.dead()) return;
      yield(std::any_cast<int>(i) * 100);
    }
  });
  inner.set_parent(outer);
  // Squares come straight from inner, which is gone back to in the same way.
  bool to_inner = false;
  for (;;) {
    std::any i = to_inner ? inner.switch_to() : outer.switch_to();
    if (outer.dead()) break;
    seen.push_back(std::any_cast<int>(i));
    to_inner = seen.size() % 2 == 0;
  }
  EXPECT_EQ(seen, (Ints{100, 1, 200, 4, 300, 9}));
}

TEST(NestedGeneratorTests, DeeplyNested) {
  Ints seen;
  Genlet g([] { downwards(100); });
  while (auto i = g.next()) seen.push_back(*i);
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(seen.back(), 100);
}

}  // namespace
}  // namespace weft::test
