// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "support/support.hpp"
#include "weft/detail/recycled.hpp"
#include "weft/queue/queue.hpp"

namespace weft::test {
namespace {

/// Fails if somebody else wrote to it between its making and its end.
template <std::size_t Size>
class Record : public detail::Recycled {
 public:
  explicit Record(std::uint8_t mark) { std::memset(bytes_, mark, Size); }
  ~Record() {
    for (std::uint8_t byte : bytes_) EXPECT_EQ(byte, bytes_[0]);
  }

 private:
  std::uint8_t bytes_[Size];
};

template <std::size_t Size>
void pass_on(int records) {
  queue::Queue<Record<Size>*> queue(1000);
  auto make = [&](std::uint8_t first) {
    for (int i = 0; i < records; ++i) queue.put(new Record<Size>(static_cast<std::uint8_t>(first + i)));
  };
  auto destroy = [&] {
    for (Record<Size>* record : queue) delete record;
  };
  std::thread a(make, 0), b(make, 100), c(destroy), d(destroy);
  a.join();
  b.join();
  queue.shutdown();
  c.join();
  d.join();
}

TEST(Blocks, EachIsOnesOwn) {
  pass_on<1>(20'000);
  pass_on<64>(20'000);
  pass_on<65>(20'000);
  pass_on<200>(20'000);
  pass_on<256>(20'000);
  pass_on<257>(20'000);
  pass_on<1000>(5'000);
}

TEST(Blocks, StrictAlignmentsAreKept) {
  struct alignas(64) Aligned : detail::Recycled {
    std::uint64_t word = 1;
  };
  for (int i = 0; i < 100; ++i) {
    auto* one = new Aligned;
    auto* other = new Record<24>(1);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one) % 64, 0u);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(other) % 16, 0u);
    delete one;
    delete other;
  }
}

std::size_t in_use() { return ::mallinfo2().uordblks; }

// What the threads keep is bounded, and what one that ended kept is used by others.
TEST(Blocks, MemoryStaysFlat) {
  constexpr std::size_t Bound = 4 * 1024 * 1024;
  pass_on<100>(1000);
  const std::size_t before = in_use();
  for (int i = 0; i < 100; ++i) pass_on<100>(1000);
  std::vector<Record<200>*> many;
  for (int i = 0; i < 100'000; ++i) many.push_back(new Record<200>(1));
  for (Record<200>* record : many) delete record;
  many = {};
  EXPECT_LT(in_use(), before + Bound);
}

}  // namespace
}  // namespace weft::test
