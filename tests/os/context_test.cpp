// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "os/context.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cfenv>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "os/stack_pool.hpp"

namespace weft::test {
namespace {

using os::Context;

os::StackPool& pool() {
  static os::StackPool pool;
  return pool;
}

/// Every test goes both ways of going.
using Go = void (*)(Context& from, Context& to) noexcept;
class ContextTest : public testing::TestWithParam<Go> {
 protected:
  ContextTest() { way = GetParam(); }

 public:
  static inline Go way = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Every, ContextTest, testing::Values(&Context::transfer, &Context::turn), [](const auto& its) {
  return std::string(its.param == &Context::transfer ? "Transfer" : "Turn");
});

/// A context that runs a function, between the test and itself.
class Other {
 public:
  explicit Other(std::function<void(Other&)> run) : run_(std::move(run)), stack_(pool().take(64 * 1024)) {
    context_.start(stack_, begin, this);
  }
  ~Other() { pool().give_back(stack_); }

  void enter() { ContextTest::way(main_, context_); }
  void leave() { ContextTest::way(context_, main_); }
  bool ended() const { return ended_; }

 private:
  static void begin(void* self) {
    auto& me = *static_cast<Other*>(self);
    me.run_(me);
    me.run_ = nullptr;
    me.ended_ = true;
    Context::leave(me.context_, me.main_);
  }

  std::function<void(Other&)> run_;
  os::Stack stack_;
  Context main_, context_;
  bool ended_ = false;
};

TEST_P(ContextTest, GoesThereAndComesBack) {
  std::string seen;
  Other other([&](Other& me) {
    seen += 'b';
    me.leave();
    seen += 'd';
  });
  seen += 'a';
  other.enter();
  seen += 'c';
  other.enter();
  EXPECT_EQ(seen, "abcd");
  EXPECT_TRUE(other.ended());
}

// A stack begins where instructions on 16 bytes want it, and so does every call.
TEST_P(ContextTest, TheStackIsAligned) {
  std::uintptr_t first = 1, later = 1;
  Other other([&](Other& me) {
    struct alignas(16) Vector {
      volatile double parts[2];
    } v{};
    first = reinterpret_cast<std::uintptr_t>(&v) % 16;
    char text[64];
    std::snprintf(text, sizeof text, "%.3f %Lf", 1.5, 2.5L);  // which spills vector registers
    EXPECT_EQ(std::string(text), "1.500 2.500000");
    me.leave();
    Vector w{};
    later = reinterpret_cast<std::uintptr_t>(&w) % 16;
  });
  other.enter();
  other.enter();
  EXPECT_EQ(first, 0u);
  EXPECT_EQ(later, 0u);
}

// What a call keeps, a switch keeps: more values are alive across it than there
// are such registers.
[[gnu::noinline]] std::uint64_t keeps(std::uint64_t seed, const std::function<void()>& go) {
  std::array<std::uint64_t, 12> n;
  std::array<double, 12> d;
  for (std::size_t i = 0; i < n.size(); ++i) {
    n[i] = seed * (i + 1);
    d[i] = static_cast<double>(seed + i);
  }
  for (int round = 0; round < 100; ++round) {
    go();
    for (std::size_t i = 0; i < n.size(); ++i) {
      n[i] = n[i] * 3 + 1;
      d[i] += 1;
    }
  }
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < n.size(); ++i) sum = sum * 31 + n[i] + static_cast<std::uint64_t>(d[i]);
  return sum;
}

TEST_P(ContextTest, RegistersAreKept) {
  const std::uint64_t expected_here = keeps(7, [] {}), expected_there = keeps(11, [] {});
  std::uint64_t there = 0;
  Other other([&](Other& me) {
    there = keeps(11, [&] { me.leave(); });
    for (;;) me.leave();
  });
  EXPECT_EQ(keeps(7, [&] { other.enter(); }), expected_here);
  other.enter();
  EXPECT_EQ(there, expected_there);
}

#if defined(__x86_64__)
// The callee-saved ones by name, in case no compiler keeps anything in them.
TEST_P(ContextTest, EachSavedRegisterByName) {
  Other other([](Other& me) {
    for (;;) {
      asm volatile("xor %%rbx, %%rbx; xor %%r12, %%r12; xor %%r13, %%r13; xor %%r14, %%r14; xor %%r15, %%r15"
                   :
                   :
                   : "rbx", "r12", "r13", "r14", "r15");
      me.leave();
    }
  });
  static std::uint64_t wrong = 0;  // at no place that the changed stack pointer would hide
  auto enter = [](Other* o) { o->enter(); };
  void (*go)(Other*) = enter;
  Other* whom = &other;
  asm volatile(
      "movq %%rsp, %%rbx\n"
      "andq $-16, %%rsp\n"
      "movq $12, %%r12\n"
      "movq $13, %%r13\n"
      "movq $14, %%r14\n"
      "movq $15, %%r15\n"
      "call *%1\n"
      "movq %%rbx, %%rsp\n"
      "subq $12, %%r12\n"
      "subq $13, %%r13\n"
      "subq $14, %%r14\n"
      "subq $15, %%r15\n"
      "orq %%r13, %%r12\n"
      "orq %%r14, %%r12\n"
      "orq %%r15, %%r12\n"
      "movq %%r12, %0\n"
      : "+m"(wrong), "+a"(go), "+D"(whom)
      :
      : "rbx", "r12", "r13", "r14", "r15", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "memory", "cc", "xmm0",
        "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
        "xmm14", "xmm15");
  EXPECT_EQ(wrong, 0u);
}
#endif

// Rounding is each one's own, in both units; a new one begins with the usual.
TEST_P(ContextTest, FloatingPointControlIsKept) {
  auto third = [] {
    volatile double one = 1, three = 3, result = one / three;  // volatile, too: it is not to be put off
    return result;
  };
  auto long_third = [] {
    volatile long double one = 1, three = 3, result = one / three;
    return result;
  };
  const double nearest = third();
  std::fesetround(FE_UPWARD);
  const double up = third();
  const long double long_up = long_third();
  ASSERT_GT(up, nearest);
  Other other([&](Other& me) {
    EXPECT_EQ(std::fegetround(), FE_TONEAREST);
    EXPECT_EQ(third(), nearest);
    std::fesetround(FE_DOWNWARD);
    me.leave();
    EXPECT_EQ(std::fegetround(), FE_DOWNWARD);
    EXPECT_LT(long_third(), long_up);
  });
  other.enter();
  EXPECT_EQ(std::fegetround(), FE_UPWARD);
  EXPECT_EQ(third(), up);
  other.enter();
  EXPECT_EQ(long_third(), long_up);
  std::fesetround(FE_TONEAREST);
}

TEST_P(ContextTest, ExceptionsAreThrownAndCaughtThere) {
  int caught = 0;
  Other other([&](Other& me) {
    for (int i = 0; i < 3; ++i) {
      try {
        me.leave();
        throw std::runtime_error("there");
      } catch (const std::runtime_error&) {
        ++caught;
      }
    }
  });
  for (int i = 0; i < 4; ++i) {
    try {
      other.enter();
      throw std::logic_error("here");
    } catch (const std::logic_error&) {
    }
  }
  EXPECT_EQ(caught, 3);
  EXPECT_TRUE(other.ended());
}

// Both inside of catch blocks, each of which goes on with its own.
TEST_P(ContextTest, ExceptionsBeingHandledAreEachOnesOwn) {
  std::string seen;
  Other other([&](Other& me) {
    EXPECT_EQ(std::current_exception(), nullptr);
    try {
      throw std::runtime_error("there");
    } catch (...) {
      me.leave();
      try {
        throw;
      } catch (const std::exception& e) {
        seen += e.what();
      }
      me.leave();
    }
  });
  try {
    throw std::logic_error("here");
  } catch (...) {
    other.enter();
    other.enter();
    try {
      throw;
    } catch (const std::exception& e) {
      seen += " and ";
      seen += e.what();
    }
  }
  EXPECT_EQ(std::current_exception(), nullptr);
  other.enter();
  EXPECT_EQ(seen, "there and here");
}

struct Enters {
  ~Enters() { other.enter(); }
  Other& other;
};

TEST_P(ContextTest, UncaughtExceptionsAreCountedForEach) {
  Other other([&](Other& me) {
    for (;;) {
      EXPECT_EQ(std::uncaught_exceptions(), 0);
      try {
        throw 1;
      } catch (int) {
      }
      me.leave();
    }
  });
  try {
    Enters at_the_end{other};
    throw 2;
  } catch (int n) {
    EXPECT_EQ(n, 2);
  }
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

TEST_P(ContextTest, AMillionSwitches) {
  int there = 0;
  Other other([&](Other& me) {
    for (;; ++there) me.leave();
  });
  for (int i = 0; i < 500'000; ++i) other.enter();
  EXPECT_EQ(there, 499'999);
}

TEST_P(ContextTest, AStackIsUsedAgain) {
  void* first = nullptr;
  for (int i = 0; i < 100; ++i) {
    Other other([&](Other&) {
      char here;
      if (first == nullptr) first = &here;
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) / (1024 * 1024),
                reinterpret_cast<std::uintptr_t>(&here) / (1024 * 1024));
    });
    other.enter();
    EXPECT_TRUE(other.ended());
  }
}

// Where pages have 4 KiB: a thousand tops an even number apart share a few places in
// what the processor knows of pages.
TEST(StackPoolTest, OneLiesAnOddNumberOfPagesFromTheNext) {
  os::StackPool pool;
  for (std::size_t size : {16 * 1024, 64 * 1024, 256 * 1024}) {
    auto* first = static_cast<char*>(pool.take(size).base);
    auto* second = static_cast<char*>(pool.take(size).base);
    EXPECT_EQ((second - first) % static_cast<std::ptrdiff_t>(os::page_size()), 0);
    EXPECT_TRUE(os::page_size() != 4096 || (second - first) / 4096 % 2 == 1);
  }
}

constexpr std::size_t MostWarm = os::StackPool::MostWarm, Together = os::StackPool::Together;

/// Stacks that were touched, all given back by give_back().
class SparesTest : public ::testing::Test {
 protected:
  void take(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      stacks_.push_back(pool.take(Size));
      mark(stacks_.back()) = 1;
    }
  }
  void give_back() {
    for (const os::Stack& stack : stacks_) pool.give_back(stack);
  }
  /// How many have no memory now, which are those that were given back first.
  std::size_t cold() {
    std::size_t count = 0;
    for (const os::Stack& stack : stacks_) count += mark(stack) == 0;
    EXPECT_EQ(mark(stacks_.front()), count == 0 ? 1 : 0);
    EXPECT_EQ(mark(stacks_.back()), 1);
    return count;
  }

  static constexpr std::size_t Size = 16 * 1024;
  os::StackPool pool;

 private:
  static volatile char& mark(const os::Stack& stack) { return static_cast<char*>(stack.base)[Size - 1]; }
  std::vector<os::Stack> stacks_;
};

TEST_F(SparesTest, TheLastIsTheFirstToBeTaken) {
  take(10);
  const os::Stack last = pool.take(Size);
  give_back();
  pool.give_back(last);
  EXPECT_EQ(pool.take(Size).base, last.base);
}

TEST_F(SparesTest, ManyGiveTheirMemoryBackAtOnce) {
  take(MostWarm + Together);
  give_back();
  EXPECT_EQ(cold(), 2 * Together);
}

// What goes and comes within a second is kept, however much that is.
TEST_F(SparesTest, WhereTheyAreTendedTheyDoSoWhenNobodyNeededThemForASecond) {
  constexpr std::int64_t Second = 1'000'000'000;
  std::int64_t now = 100 * Second;
  pool.set_tended(true);
  EXPECT_EQ(pool.due(), os::Never);
  take(MostWarm + 4 * Together);
  give_back();
  EXPECT_LE(pool.due(), now);
  pool.tend(now);
  EXPECT_EQ(pool.due(), now + Second);
  std::vector<os::Stack> needed;
  for (std::size_t i = 0; i < 2 * Together; ++i) needed.push_back(pool.take(Size));
  for (; !needed.empty(); needed.pop_back()) pool.give_back(needed.back());
  pool.tend(now + Second - 1);
  EXPECT_EQ(cold(), 0u);
  for (now += Second; pool.due() <= now;) pool.tend(now);
  EXPECT_EQ(cold(), 3 * Together);  // until the unneeded are fewer than may stay
  EXPECT_EQ(pool.due(), now + Second);
  for (now += Second; pool.due() <= now;) pool.tend(now);
  EXPECT_EQ(cold(), 5 * Together);
  EXPECT_EQ(pool.due(), os::Never);
}

#if !defined(WEFT_ASAN)  // for each LeakSanitizer would look through all of its stack
TEST_F(SparesTest, TooManyGiveTheirMemoryBackAtOnceAlsoWhereTheyAreTended) {
  constexpr std::size_t TooMany = os::StackPool::TooMany;
  pool.set_tended(true);
  take(2 * Together);
  std::vector<os::Stack> untouched;
  for (std::size_t i = 0; i < TooMany - 2 * Together; ++i) untouched.push_back(pool.take(Size));
  give_back();
  EXPECT_EQ(cold(), 0u);
  for (const os::Stack& stack : untouched) pool.give_back(stack);
  EXPECT_EQ(cold(), Together);
}
#endif

TEST_F(SparesTest, WhoTendsThemNoLongerGivesBackTheRest) {
  pool.set_tended(true);
  take(MostWarm + 4 * Together);
  give_back();
  pool.set_tended(false);
  EXPECT_EQ(cold(), 5 * Together);
  EXPECT_EQ(pool.due(), os::Never);
}

}  // namespace
}  // namespace weft::test
