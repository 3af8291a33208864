// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What the child of a fork() finds of a deque whose owner was at work, at each step.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <functional>
#include <new>
#include <utility>

#include "weft/detail/deque.hpp"

namespace weft::test {
namespace {

/// Called before each step, as a fork() may come between any two.
std::function<void()> between_steps;

void step() {
  if (auto look = std::exchange(between_steps, nullptr)) {
    look();
    between_steps = std::move(look);
  }
}

struct InSteps {
  template <class U>
  struct Atomic : std::atomic<U> {
    using Base = std::atomic<U>;
    using Base::Base;
    void store(U value, std::memory_order order) noexcept { step(), Base::store(value, order); }
    U exchange(U value, std::memory_order order) noexcept { return step(), Base::exchange(value, order); }
    bool compare_exchange_strong(U& expected, U desired, std::memory_order done, std::memory_order not_done) noexcept {
      return step(), Base::compare_exchange_strong(expected, desired, done, not_done);
    }
  };
  static bool can_fence_everyone() noexcept { return true; }
  static bool fence_everyone() noexcept { return true; }
};

using Deque = detail::Deque<int, InSteps, 4, 1>;

class DequeForkTest : public testing::Test {
 protected:
  // The child has the same bytes.
  void look() {
    std::memcpy(bytes_, static_cast<const void*>(&deque), sizeof deque);
    Deque& child = *std::launder(reinterpret_cast<Deque*>(bytes_));
    child.forget();
    ++looks;
    EXPECT_FALSE(child.has_some());
    EXPECT_EQ(child.steal(), nullptr);
    EXPECT_EQ(child.find_oldest(), child.Nowhere);
    EXPECT_FALSE(child.take_back());
    for (int& item : items) EXPECT_TRUE(child.push(&item));
    EXPECT_FALSE(child.push(&items[0])) << "it holds four";
    EXPECT_TRUE(child.is_last(&items[3]));
    EXPECT_EQ(child.steal(), &items[0]);
    EXPECT_TRUE(child.take_back());
    EXPECT_EQ(child.pop(), &items[2]);
    EXPECT_EQ(child.pop(), &items[1]);
    EXPECT_EQ(child.pop(), nullptr);
    EXPECT_FALSE(child.has_some());
  }

  Deque deque;
  int items[4] = {1, 2, 3, 4};
  int looks = 0;

 private:
  alignas(Deque) std::byte bytes_[sizeof(Deque)];
};

TEST_F(DequeForkTest, ChildStartsAnewWhereverItsOwnerWas) {
  between_steps = [this] { look(); };
  for (int round = 0; round < 3; ++round) {
    for (int& item : items) deque.push(&item);
    deque.push(&items[0]);  // for which there is no room
    deque.tell();
    deque.steal();
    deque.show();
    deque.take_oldest(deque.find_oldest());
    deque.take_back();
    deque.pop();
    deque.pop();  // the last one
    deque.pop();  // none
    deque.take_back();
  }
  between_steps = nullptr;
  EXPECT_GE(looks, 3 * 15);
}

}  // namespace
}  // namespace weft::test
