// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/blocks.hpp"

#include <cstddef>
#include <mutex>
#include <new>
#include <utility>

#include "os/mutex.hpp"
#include "os/sanitizer.hpp"
#include "wait/fork.hpp"
#include "wait/waiter.hpp"
#include "weft/detail/recycled.hpp"

namespace weft::wait {
namespace {

// Blocks take as much memory as one, two, three or four lines of the cache, with what
// the allocator puts before them: so all lie alike, and most records do not reach into
// one line more, where they would meet their neighbour.
constexpr std::size_t Line = 64, Header = 8;
constexpr std::size_t Kinds = 4;
constexpr std::size_t kind_for(std::size_t size) noexcept { return (size + Header - 1) / Line; }
constexpr std::size_t size_of(std::size_t kind) noexcept { return (kind + 1) * Line - Header; }

constexpr std::size_t BatchSize = 32;
constexpr std::size_t MostBatches = 128;  // of a kind, in the depot

// Who looks for memory that is used after its end wants none to be used again.
#if defined(WEFT_ASAN) || defined(WEFT_TSAN)
constexpr bool MemoryIsWatched = true;
#else
constexpr bool MemoryIsWatched = false;
#endif

struct Block {
  Block* next;
  Block* next_batch;
};

struct Batch {
  Block* first = nullptr;
  std::size_t count = 0;
};

// A thread's own. Blocks come from and go to `loaded`; `other` is full or empty,
// so that nobody goes to the depot twice for one and the same block.
struct Shelf {
  Batch loaded;
  Batch other;
};

// What goes from the threads that destroy to those that make.
struct Depot {
  os::Mutex mutex;
  Block* batches[Kinds] = {};
  std::size_t counts[Kinds] = {};
};

constinit thread_local Shelf shelves [[gnu::tls_model("initial-exec")]][Kinds] = {};
constinit Depot depot;

// Before anybody can fork, and before all who register later: its lock is the innermost.
[[gnu::constructor]] void watch_forks_of_the_depot() {
  static constinit ForkHandler handler{[]() noexcept { depot.mutex.lock(); }, []() noexcept { depot.mutex.unlock(); },
                                       []() noexcept { depot.mutex.reset(); }};
  on_fork(handler);
}

void discard(Batch batch) noexcept {
  while (Block* block = batch.first) {
    batch.first = block->next;
    ::operator delete(block);
  }
}

// A whole one; it is gone if there are enough of them.
void put_into_depot(std::size_t kind, Batch batch) noexcept {
  {
    std::scoped_lock held(depot.mutex);
    if (depot.counts[kind] < MostBatches) {
      batch.first->next_batch = std::exchange(depot.batches[kind], batch.first);
      ++depot.counts[kind];
      return;
    }
  }
  discard(batch);
}

Batch take_from_depot(std::size_t kind) noexcept {
  std::scoped_lock held(depot.mutex);
  Block* first = depot.batches[kind];
  if (first == nullptr) return {};
  depot.batches[kind] = first->next_batch;
  --depot.counts[kind];
  return {first, BatchSize};
}

void* take_block(std::size_t kind) {
  Shelf& shelf = shelves[kind];
  if (shelf.loaded.first == nullptr) [[unlikely]] {
    self();  // sees to it that they are handed on
    std::swap(shelf.loaded, shelf.other);
    if (shelf.loaded.first == nullptr) shelf.loaded = take_from_depot(kind);
    if (shelf.loaded.first == nullptr) return ::operator new(size_of(kind));
  }
  Block* block = shelf.loaded.first;
  shelf.loaded.first = block->next;
  --shelf.loaded.count;
  return block;
}

void give_block(std::size_t kind, Block* block) noexcept {
  Shelf& shelf = shelves[kind];
  if (shelf.loaded.count == BatchSize) [[unlikely]] {
    if (shelf.other.first != nullptr) put_into_depot(kind, shelf.other);
    shelf.other = std::exchange(shelf.loaded, {});
  }
  block->next = shelf.loaded.first;
  shelf.loaded.first = block;
  ++shelf.loaded.count;
}

}  // namespace

void hand_on_blocks() noexcept {
  for (std::size_t kind = 0; kind < Kinds; ++kind) {
    Shelf shelf = std::exchange(shelves[kind], {});
    discard(shelf.loaded);
    if (shelf.other.first != nullptr) put_into_depot(kind, shelf.other);
  }
}

}  // namespace weft::wait

namespace weft::detail {

void* Recycled::operator new(std::size_t size) {
  const std::size_t kind = wait::kind_for(size);
  return kind < wait::Kinds && !wait::MemoryIsWatched ? wait::take_block(kind) : ::operator new(size);
}

void Recycled::operator delete(void* block, std::size_t size) noexcept {
  const std::size_t kind = wait::kind_for(size);
  if (kind < wait::Kinds && !wait::MemoryIsWatched && wait::current != nullptr) {
    wait::give_block(kind, static_cast<wait::Block*>(block));
  } else {
    ::operator delete(block);
  }
}

}  // namespace weft::detail
