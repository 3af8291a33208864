// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// greenlet's own tests/test_throw.py as far as it applies.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "weft/greenlet.hpp"

namespace weft::test {
namespace {

using weft::greenlet::getcurrent, weft::greenlet::greenlet;

std::string text(const std::any& value) {
  auto* found = std::any_cast<const char*>(&value);
  return found != nullptr ? *found : "no text";
}

std::any to_parent(const char* value) { return getcurrent().parent().switch_to(value); }

TEST(ThrowTests, Class) {
  greenlet g([] {
    try {
      to_parent("ok");
    } catch (const RuntimeError&) {
      to_parent("ok");
      return;
    }
    to_parent("fail");
  });
  EXPECT_EQ(text(g.switch_to()), "ok");
  EXPECT_EQ(text(g.throw_into(RuntimeError(""))), "ok");
}

TEST(ThrowTests, Val) {
  auto f = [] {
    try {
      to_parent("ok");
    } catch (const RuntimeError& e) {
      if (std::string("ciao") == e.what()) {
        to_parent("ok");
        return;
      }
    }
    to_parent("fail");
  };
  greenlet g(f);
  EXPECT_EQ(text(g.switch_to()), "ok");
  EXPECT_EQ(text(g.throw_into(RuntimeError("ciao"))), "ok");
  g = greenlet(f);
  EXPECT_EQ(text(g.switch_to()), "ok");
  EXPECT_EQ(text(g.throw_into(std::make_exception_ptr(RuntimeError("ciao")))), "ok");
}

TEST(ThrowTests, Kill) {
  greenlet g([] {
    to_parent("ok");
    to_parent("fail");
  });
  EXPECT_EQ(text(g.switch_to()), "ok");
  EXPECT_NE(std::any_cast<GreenletExit>(&static_cast<const std::any&>(g.throw_into())), nullptr);
  EXPECT_TRUE(g.dead());
  std::any again = g.throw_into();  // eaten at once by the one that is dead
  EXPECT_NE(std::any_cast<GreenletExit>(&again), nullptr);
}

// Where a GreenletExit is no value of the type, T() stands for it.
TEST(ThrowTests, KillOfATypedOne) {
  greenlet<int> g([](int) { return getcurrent<int>().parent().switch_to(1); });
  EXPECT_EQ(g.switch_to(5), 1);
  EXPECT_EQ(g.throw_into(), 0);
  EXPECT_EQ(g.throw_into(std::make_exception_ptr(GreenletExit())), 0);
  EXPECT_TRUE(g.dead());
  greenlet<int> never([](int) -> int { throw std::logic_error("it ran"); });
  EXPECT_EQ(never.throw_into(), 0);
  EXPECT_TRUE(never.dead());
}

TEST(ThrowTests, ThrowGoesToOriginalParent) {
  auto main = getcurrent();
  auto f1 = [&]() -> const char* {
    try {
      main.switch_to("f1 ready to catch");
    } catch (const std::out_of_range&) {
      return "caught";
    }
    return "normal exit";
  };
  auto f2 = [&] { main.switch_to("from f2"); };

  greenlet g1(f1);
  greenlet g2(f2, g1);
  EXPECT_THROW(g2.throw_into(std::out_of_range("")), std::out_of_range);
  EXPECT_TRUE(g2.dead());
  EXPECT_TRUE(g1.dead());

  g1 = greenlet(f1);
  g2 = greenlet(f2, g1);
  EXPECT_EQ(text(g1.switch_to()), "f1 ready to catch");
  EXPECT_EQ(text(g2.throw_into(std::out_of_range(""))), "caught");
  EXPECT_TRUE(g2.dead());
  EXPECT_TRUE(g1.dead());

  g1 = greenlet(f1);
  g2 = greenlet(f2, g1);
  EXPECT_EQ(text(g1.switch_to()), "f1 ready to catch");
  EXPECT_EQ(text(g2.switch_to()), "from f2");
  EXPECT_EQ(text(g2.throw_into(std::out_of_range(""))), "caught");
  EXPECT_TRUE(g2.dead());
  EXPECT_TRUE(g1.dead());
}

TEST(ThrowTests, IntoTheOneThatRuns) {
  EXPECT_THROW(getcurrent().throw_into(std::out_of_range("")), std::out_of_range);
  EXPECT_THROW(getcurrent().throw_into(), GreenletExit);
}

TEST(ThrowTests, IntoADeadOneItIsTheParents) {
  greenlet g([] {});
  g.switch_to();
  EXPECT_THROW(g.throw_into(std::out_of_range("")), std::out_of_range);
}

}  // namespace
}  // namespace weft::test
