// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/detail/fetch.hpp"
#include "weft/detail/gate.hpp"

namespace weft::detail {

/// What came of a put or a get that does not wait.
enum class Tried : std::uint8_t { Done, Not, Closed };  // Not: there is no room, no item

/// About two kilobytes of cells, and a power of two.
template <class T>
inline constexpr std::size_t cells_per_block =
    std::clamp<std::size_t>(std::bit_floor(2048 / (sizeof(T) + sizeof(std::uint64_t))), 8, 128);

/// A first-in first-out store for any number of producers and consumers: the
/// heart of Queue and SimpleQueue. Nobody waits in it for room or for items.
///
/// Every item has a ticket. A put takes the next ticket from tail_, a get the
/// next one from head_, by compare-and-swap: those two words are the whole
/// order, which is why it is strict and linearizable. Tickets count in steps of
/// two; the lowest bit of tail_ says that the store is closed.
///
/// Items lie in blocks, a list that grows at the tail. A cell's stamp is its
/// ticket + 1 once the item is there, and its ticket + 2 when it was taken. So a
/// block can be used again as it is: old stamps mean nothing to new tickets.
///
///     oldest_              head_block_                 tail_block_
///     [taken, but for ...] [taken|items ............]->[items|free ...]
///
/// Nobody looks into a block without a ticket in it. Whoever takes the last
/// ticket of a block, at either end, moves that end on to the next block; others
/// see by the block's parity that it is not done yet. A block whose cells were
/// all taken is forgotten by everybody, and is kept as the spare or freed.
///
/// Both words are sequentially consistent throughout, as a Gate wants it: who is
/// about to sleep sees a put, a get or a close that came before.
///
/// limit_ and seen_ are what each end last saw of the other one, so that it has
/// to look across only when they are used up; until then the cells ahead are fetched
/// while the one at hand is dealt with.
///
/// PerBlock is for the model, which wants small blocks.
template <class T, class Policy = ThisProcess, std::size_t PerBlock = cells_per_block<T>>
class Fifo {
  static_assert(std::is_nothrow_move_constructible_v<T>, "box what may throw when moved");

  template <class U>
  using Atomic = typename Policy::template Atomic<U>;
  using Ticket = std::uint64_t;

  static constexpr Ticket Closed = 1, Step = 2;
  struct Cell {
    Cell() noexcept {}
    ~Cell() {}

    Atomic<Ticket> stamp{0};
    union {
      T item;
    };
  };

  static constexpr std::size_t Line = 64;

 public:
  /// Holds at most `maxsize` items; any number if that is not positive.
  explicit Fifo(std::int64_t maxsize) : span_(maxsize > 0 && maxsize < Unbounded / 2 ? maxsize * 2 : Unbounded) {
    Policy::watch_forks();
    generation_.store(Policy::fork_generation() * 2, std::memory_order_relaxed);
    oldest_ = new Block;
    tail_block_.store(tagged(oldest_), std::memory_order_relaxed);
    head_block_.store(tagged(oldest_), std::memory_order_relaxed);
    limit_.store(span_, std::memory_order_relaxed);
  }

  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;

  ~Fifo() {
    const Ticket head = head_.load(std::memory_order_acquire);
    for (Block* block = oldest_; block != nullptr;) {
      for (std::size_t i = 0; i < PerBlock; ++i) {
        Ticket ticket = block->first + i * Step;
        Cell& cell = block->cells[i];
        bool there = cell.stamp.load(std::memory_order_acquire) == ticket + 1;  // not so if fork() cut it off
        if (there && ticket >= head) std::destroy_at(&cell.item);
      }
      Block* next = block->next.load(std::memory_order_acquire);
      delete block;
      block = next;
    }
    delete spare_.load(std::memory_order_acquire);
  }

  /// Moves the item in; it is untouched unless that is Done. May throw
  /// bad_alloc, and then has done nothing.
  Tried put(T& item) {
    for (unsigned round = 0, lost = 0;;) {
      fetch_to_write(&tail_);
      Ticket ticket = tail_.load(std::memory_order_seq_cst);
      if ((ticket & Closed) != 0) return Tried::Closed;
      if (ticket >= limit_.load(std::memory_order_relaxed) && !renew_limit(ticket)) return Tried::Not;
      Block* block = block_of(ticket, tail_block_);
      if (block == nullptr) {
        Policy::linger(round++);
        continue;
      }
      std::size_t at = place_in_block(ticket);
      if (at == PerBlock - 1) {
        if (put_last(block, ticket, item)) return Tried::Done;
        Policy::back_off(lost++);
        continue;
      }
      fetch_ahead(*block, ticket, limit_);
      if (tail_.compare_exchange_strong(ticket, ticket + Step, std::memory_order_seq_cst, std::memory_order_relaxed)) {
        fill(block->cells[at], ticket, item);
        return Tried::Done;
      }
      Policy::back_off(lost++);
    }
  }

  /// Moves the oldest item into `item`. Never Not when a put has returned whose
  /// item nobody has taken.
  Tried get(std::optional<T>& item) {
    for (unsigned round = 0, lost = 0;;) {
      fetch_to_write(&head_);
      Ticket ticket = head_.load(std::memory_order_seq_cst);
      if (ticket >= seen_.load(std::memory_order_relaxed)) {
        Ticket tail = tail_.load(std::memory_order_seq_cst);
        if ((tail & ~Closed) == ticket) return (tail & Closed) != 0 ? Tried::Closed : Tried::Not;
        seen_.store(tail & ~Closed, std::memory_order_relaxed);
      }
      Block* block = block_of(ticket, head_block_);
      if (block == nullptr) {
        Policy::linger(round++);
        continue;
      }
      fetch_ahead(*block, ticket, seen_);
      if (head_.compare_exchange_strong(ticket, ticket + Step, std::memory_order_seq_cst, std::memory_order_relaxed)) {
        std::size_t at = place_in_block(ticket);
        Cell& cell = block->cells[at];
        if (at == PerBlock - 1) pass_block(block, ticket);
        await(cell, ticket);
        fetch_what_is_led_to(*block, ticket);
        item.emplace(std::move(cell.item));
        empty(cell, ticket);
        if (at == PerBlock - 1) reclaim();
        return Tried::Done;
      }
      Policy::back_off(lost++);
    }
  }

  /// As put(), for up to `n` items at once; returns how many. For each of them
  /// make() is called, in order, which returns it and must not throw.
  template <class Make>
  std::size_t put_some(std::size_t n, Make&& make) {
    for (unsigned round = 0, lost = 0;;) {
      fetch_to_write(&tail_);
      Ticket ticket = tail_.load(std::memory_order_seq_cst);
      if ((ticket & Closed) != 0) return 0;
      if (ticket + (n - 1) * Step >= limit_.load(std::memory_order_relaxed) && !renew_limit(ticket)) return 0;
      const auto room =
          static_cast<std::int64_t>(limit_.load(std::memory_order_relaxed) - ticket) / static_cast<std::int64_t>(Step);
      if (room <= 0) continue;  // another put has renewed it from an older look
      Block* block = block_of(ticket, tail_block_);
      if (block == nullptr) {
        Policy::linger(round++);
        continue;
      }
      std::size_t at = place_in_block(ticket);
      std::size_t count = std::min<std::size_t>({n, static_cast<std::size_t>(room), PerBlock - at});
      Block* next = at + count == PerBlock ? spare() : nullptr;
      if (tail_.compare_exchange_strong(ticket, ticket + count * Step, std::memory_order_seq_cst,
                                        std::memory_order_relaxed)) {
        if (next != nullptr) link(block, next, ticket + count * Step);
        for (std::size_t i = 0; i < count; ++i) {
          std::construct_at(&block->cells[at + i].item, make());
          block->cells[at + i].stamp.store(ticket + i * Step + 1, std::memory_order_release);
        }
        return count;
      }
      if (next != nullptr) keep(next);
      Policy::back_off(lost++);
    }
  }

  /// As get(), for up to `n` items at once; returns how many. take(T&&) is called
  /// for each in order, and must not throw.
  template <class Take>
  std::size_t get_some(std::size_t n, Take&& take) {
    for (unsigned round = 0, lost = 0;;) {
      fetch_to_write(&head_);
      Ticket ticket = head_.load(std::memory_order_seq_cst);
      Ticket tail = tail_.load(std::memory_order_seq_cst) & ~Closed;
      if (tail == ticket) return 0;
      Block* block = block_of(ticket, head_block_);
      if (block == nullptr) {
        Policy::linger(round++);
        continue;
      }
      std::size_t at = place_in_block(ticket);
      std::size_t count = std::min<std::size_t>({n, (tail - ticket) / Step, PerBlock - at});
      if (head_.compare_exchange_strong(ticket, ticket + count * Step, std::memory_order_seq_cst,
                                        std::memory_order_relaxed)) {
        bool last = at + count == PerBlock;
        if (last) pass_block(block, ticket + (count - 1) * Step);
        for (std::size_t i = 0; i < count; ++i) {
          Cell& cell = block->cells[at + i];
          await(cell, ticket + i * Step);
          take(std::move(cell.item));
          empty(cell, ticket + i * Step);
        }
        if (last) reclaim();
        return count;
      }
      Policy::back_off(lost++);
    }
  }

  /// No put succeeds any more.
  void close() noexcept { tail_.fetch_or(Closed, std::memory_order_seq_cst); }
  bool closed() const noexcept { return (tail_.load(std::memory_order_acquire) & Closed) != 0; }

  std::size_t size() const noexcept {
    Ticket head = head_.load(std::memory_order_seq_cst);
    return static_cast<std::size_t>(((tail_.load(std::memory_order_seq_cst) & ~Closed) - head) / Step);
  }

  /// How many puts there were, ever.
  std::uint64_t puts() const noexcept { return tail_.load(std::memory_order_seq_cst) / Step - lost_; }

  bool bounded() const noexcept { return span_ != Unbounded; }

  /// Whether there is room for `n` more.
  bool has_room(std::int64_t n) const noexcept {
    Ticket head = head_.load(std::memory_order_seq_cst);
    auto used = static_cast<std::int64_t>((tail_.load(std::memory_order_seq_cst) & ~Closed) - head);
    return !bounded() || used + n * static_cast<std::int64_t>(Step) <= span_;
  }

  /// True in a child of fork() that has to call repair() first.
  bool forked() const noexcept { return generation_.load(std::memory_order_acquire) != Policy::fork_generation() * 2; }

  /// Undoes, in a child of fork(), what threads had half done that exist only in
  /// the parent: a put that had not come to its end has put nothing, a get has
  /// taken its item with it (which is not destroyed). Calls `also` first. Every
  /// thread of the child comes here before it does anything else, and one does it.
  template <class Also>
  void repair(Also&& also) {
    const std::uint32_t now = Policy::fork_generation() * 2, at_work = now + 1;
    std::uint32_t found = generation_.load(std::memory_order_acquire);
    for (unsigned round = 0; found != now;) {
      if (found == at_work) {
        Policy::linger(round++);
        found = generation_.load(std::memory_order_acquire);
      } else if (generation_.compare_exchange_strong(found, at_work, std::memory_order_acquire)) {
        try {
          also();
          mend();
        } catch (...) {
          generation_.store(found, std::memory_order_release);  // out of memory: the next one tries again
          throw;
        }
        generation_.store(now, std::memory_order_release);
        return;
      }
    }
  }

 private:
  static constexpr std::int64_t Unbounded = std::numeric_limits<std::int64_t>::max();

  struct alignas(Line) alignas(Cell) Block {  // the stricter of the two
    Atomic<Block*> next{nullptr};
    Ticket first = 0;  // of its first cell
    Cell cells[PerBlock];
  };

  static std::size_t place_in_block(Ticket ticket) noexcept { return ticket / Step % PerBlock; }
  static std::uintptr_t parity(Ticket ticket) noexcept { return ticket / (Step * PerBlock) % 2; }

  // A block's address and, in its lowest bit, whether it is an even or odd one.
  static std::uintptr_t tagged(Block* block) noexcept {
    return reinterpret_cast<std::uintptr_t>(block) | parity(block->first);
  }

  // The block of a ticket that was just read from the same end; null while
  // somebody is about to move that end to this block.
  static Block* block_of(Ticket ticket, const Atomic<std::uintptr_t>& end) noexcept {
    std::uintptr_t found = end.load(std::memory_order_acquire);
    return found % 2 == parity(ticket) ? reinterpret_cast<Block*>(found & ~std::uintptr_t{1}) : nullptr;
  }

  // Brings near the cell that this end comes to after a few more, for the core that wrote
  // it last is another one, and has to give it away: a get no further than the items that
  // it has seen, a put no further than the room.
  static void fetch_ahead(const Block& block, Ticket ticket, const Atomic<Ticket>& used_up) noexcept {
    constexpr std::size_t Ahead = std::max<std::size_t>(2 * Line / sizeof(Cell), 1);
    const std::size_t at = place_in_block(ticket) + Ahead;
    if (at >= PerBlock || ticket + Ahead * Step >= used_up.load(std::memory_order_relaxed)) return;
    fetch_to_write(&block.cells[at].stamp);
  }

  // The same for what the item after the next begins with the address of: its producer has
  // written that as well, and malloc wants it when it is freed.
  void fetch_what_is_led_to([[maybe_unused]] const Block& block, [[maybe_unused]] Ticket ticket) const noexcept {
    if constexpr (begins_with_an_address<T>) {
      constexpr std::size_t Ahead = 2;
      const std::size_t at = place_in_block(ticket) + Ahead;
      if (at >= PerBlock || ticket + Ahead * Step >= seen_.load(std::memory_order_relaxed)) return;
      fetch_led_to(&block.cells[at].item);
    }
  }

  bool renew_limit(Ticket ticket) noexcept {
    Ticket head = head_.load(std::memory_order_seq_cst);
    if (static_cast<std::int64_t>(ticket - head) >= span_) return false;
    limit_.store(head + static_cast<Ticket>(span_), std::memory_order_relaxed);
    return true;
  }

  static void fill(Cell& cell, Ticket ticket, T& item) noexcept {
    std::construct_at(&cell.item, std::move(item));
    cell.stamp.store(ticket + 1, std::memory_order_release);
  }

  static void await(const Cell& cell, Ticket ticket) noexcept {
    for (unsigned round = 0; cell.stamp.load(std::memory_order_acquire) != ticket + 1; ++round) Policy::linger(round);
  }

  static void empty(Cell& cell, Ticket ticket) noexcept {
    std::destroy_at(&cell.item);
    cell.stamp.store(ticket + 2, std::memory_order_release);
  }

  [[gnu::noinline]] bool put_last(Block* block, Ticket ticket, T& item) {
    Block* next = spare();
    if (!tail_.compare_exchange_strong(ticket, ticket + Step, std::memory_order_seq_cst, std::memory_order_relaxed)) {
      keep(next);
      return false;
    }
    link(block, next, ticket + Step);
    fill(block->cells[PerBlock - 1], ticket, item);
    return true;
  }

  // Once the last cell of a block is filled, the next block is there.
  void pass_block(Block* block, Ticket last) noexcept {
    await(block->cells[PerBlock - 1], last);
    head_block_.store(tagged(block->next.load(std::memory_order_acquire)), std::memory_order_release);
  }

  // A block that nobody knows of. Made before a ticket is taken, for it may throw.
  Block* spare() {
    Block* block = spare_.exchange(nullptr, std::memory_order_acquire);
    return block != nullptr ? block : new Block;
  }

  void keep(Block* block) noexcept { delete spare_.exchange(block, std::memory_order_acq_rel); }

  // Before the last cell is filled: whoever takes that item goes on to `next`.
  void link(Block* block, Block* next, Ticket first) noexcept {
    next->first = first;
    next->next.store(nullptr, std::memory_order_relaxed);
    block->next.store(next, std::memory_order_release);
    tail_block_.store(tagged(next), std::memory_order_release);
  }

  [[gnu::noinline]] void reclaim() noexcept {
    if (reclaiming_.exchange(true, std::memory_order_acquire)) return;  // the next one does it
    while (all_taken(*oldest_)) {
      Block* block = std::exchange(oldest_, oldest_->next.load(std::memory_order_acquire));
      keep(block);
    }
    reclaiming_.store(false, std::memory_order_release);
  }

  static bool all_taken(const Block& block) noexcept {
    for (std::size_t i = 0; i < PerBlock; ++i) {
      if (block.cells[i].stamp.load(std::memory_order_acquire) != block.first + i * Step + 2) return false;
    }
    return true;
  }

  // What repair() does, alone. Cells of takers that are lost count as taken; the
  // items that are there close up towards the tail.
  void mend() {
    reclaiming_.store(false, std::memory_order_relaxed);
    const Ticket found = tail_.load(std::memory_order_relaxed), tail = found & ~Closed;
    const Ticket head = head_.load(std::memory_order_relaxed);

    std::vector<Block*> blocks{oldest_};
    while (Block* next = blocks.back()->next.load(std::memory_order_relaxed)) blocks.push_back(next);
    if (blocks.back()->first + PerBlock * Step == tail) {  // lost before it could link the next block
      blocks.reserve(blocks.size() + 1);
      Block* next = spare();
      link(blocks.back(), next, tail);
      blocks.push_back(next);
    }
    auto block_at = [&](Ticket ticket) { return blocks[(ticket - blocks[0]->first) / (PerBlock * Step)]; };
    auto cell_of = [&](Ticket ticket) -> Cell& { return block_at(ticket)->cells[place_in_block(ticket)]; };

    for (Ticket ticket = oldest_->first; ticket != head; ticket += Step) {
      cell_of(ticket).stamp.store(ticket + 2, std::memory_order_relaxed);
    }
    Ticket to = tail;
    for (Ticket from = tail; from != head;) {
      from -= Step;
      Cell& cell = cell_of(from);
      bool there = cell.stamp.load(std::memory_order_acquire) == from + 1;
      if (there) {
        to -= Step;
        if (to == from) continue;
        fill(cell_of(to), to, cell.item);
        std::destroy_at(&cell.item);
      }
      cell.stamp.store(from + 2, std::memory_order_relaxed);
    }
    lost_ += (to - head) / Step;
    head_.store(to, std::memory_order_relaxed);
    seen_.store(to, std::memory_order_relaxed);
    if (bounded()) limit_.store(to + static_cast<Ticket>(span_), std::memory_order_relaxed);
    tail_block_.store(tagged(blocks.back()), std::memory_order_relaxed);
    head_block_.store(tagged(block_at(to)), std::memory_order_relaxed);
    reclaim();
  }

  // What the producers write.
  alignas(Line) Atomic<Ticket> tail_{0};
  Atomic<Ticket> limit_{0};
  Atomic<std::uintptr_t> tail_block_{0};

  // What the consumers write.
  alignas(Line) Atomic<Ticket> head_{0};
  Atomic<Ticket> seen_{0};
  Atomic<std::uintptr_t> head_block_{0};

  // Once for each block.
  alignas(Line) Atomic<Block*> spare_{nullptr};
  Atomic<bool> reclaiming_{false};
  Block* oldest_ = nullptr;  // of who has set reclaiming_

  // What nobody writes.
  alignas(Line) const std::int64_t span_;  // the most items, in steps
  Atomic<std::uint32_t> generation_{0};    // of forks, times two; odd while somebody repairs
  std::uint64_t lost_ = 0;                 // puts that a fork() cut off
};

}  // namespace weft::detail
