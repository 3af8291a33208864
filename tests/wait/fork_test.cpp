// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/fork.hpp"

#include <unistd.h>

#include "contracts/contract.hpp"
#include "support/child.hpp"
#include "wait/place.hpp"
#include "weft/detail/self.hpp"

namespace weft::test {
namespace {

using wait::InProcess, wait::Outcome;
using Word = std::atomic<std::uint32_t>;

// In the child nobody waits and nobody is on the roll but who called fork();
// the others' ids are lost, its own is not.
TEST(ForkTest, OnlyTheCallerIsInTheChild) {
  Word word{0};
  std::atomic<std::uint32_t> other{0};
  Bunch<OsThreads> hand(1, [&] {
    other = wait::self().id();
    InProcess::wait(word, 0, {}, {"Test", &word});
  });
  ASSERT_TRUE(wait_until([&] { return waiters(&word) == 1; }));
  std::uint32_t me = wait::self().id(), generation = detail::fork_generation;
  EXPECT_EQ(in_child([&] {
              if (wait::self().id() != me || InProcess::lost(me)) return 1;
              if (wait::everybody().size() != 1 || wait::everybody()[0].native_id != ::gettid()) return 2;
              if (!InProcess::lost(other) || wait::find(other) != nullptr) return 3;
              if (InProcess::wake(word, wait::Everyone) != 0) return 4;
              if (detail::fork_generation == generation) return 5;
              if (InProcess::wait(word, 0, Timeout(1e-3), {"Test", &word}) != Outcome::TimedOut) return 6;
              return 0;
            }),
            0);
  EXPECT_FALSE(InProcess::lost(other));
  EXPECT_EQ(detail::fork_generation, generation);
  EXPECT_EQ(InProcess::wake(word, wait::Everyone), 1);
}

// The same for a thread that weft had never met when it called fork().
TEST(ForkTest, CallerThatWeftHadNotMet) {
  std::atomic<int> status{-1};
  Bunch<OsThreads>(1, [&] {
    status = in_child([] {
      if (!wait::everybody().empty()) return 1;
      return wait::self().id() != 0 && wait::everybody().size() == 1 ? 0 : 2;
    });
  }).join();
  EXPECT_EQ(status, 0);
}

// Handlers run around fork(), each once on either side; before it the last one
// registered runs first.
TEST(ForkTest, HandlersRunOnceEach) {
  struct Calls {
    std::string text;
    static Calls& get() {
      static Calls calls;
      return calls;
    }
  };
  static wait::ForkHandler first{[]() noexcept { Calls::get().text += "p1"; },
                                 []() noexcept { Calls::get().text += "P1"; },
                                 []() noexcept { Calls::get().text += "c1"; }};
  static wait::ForkHandler second{[]() noexcept { Calls::get().text += "p2"; },
                                  []() noexcept { Calls::get().text += "P2"; },
                                  []() noexcept { Calls::get().text += "c2"; }};
  wait::on_fork(first);
  wait::on_fork(second);
  Calls::get().text.clear();
  EXPECT_EQ(in_child([] { return Calls::get().text == "p2p1c2c1" || Calls::get().text == "p2p1c1c2" ? 0 : 1; }), 0);
  EXPECT_TRUE(Calls::get().text == "p2p1P2P1" || Calls::get().text == "p2p1P1P2") << Calls::get().text;
  Calls::get().text.clear();
}

// A child of a child works as well.
TEST(ForkTest, GrandchildrenWork) {
  Word word{0};
  EXPECT_EQ(in_child([&] {
              Bunch<OsThreads> hand(1, [&] { InProcess::wait(word, 0, {}, {"Test", &word}); });
              if (!wait_until([&] { return waiters(&word) == 1; })) return 1;
              int status =
                  in_child([&] { return wait::everybody().size() == 1 && InProcess::wake(word, 1) == 0 ? 0 : 1; });
              return InProcess::wake(word, 1) == 1 ? status : 3;
            }),
            0);
}

}  // namespace
}  // namespace weft::test
