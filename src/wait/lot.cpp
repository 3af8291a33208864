// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/lot.hpp"

#include <memory>
#include <new>

namespace weft::wait {

constinit Lot::Bucket Lot::first_buckets[1u << FirstBits];
constinit Lot::Table Lot::first_table{FirstBits, first_buckets, nullptr};

Lot& lot() noexcept {
  static constinit Lot lot;
  return lot;
}

std::uint32_t Lot::hash(const void* word, std::uint32_t bits) noexcept {
  auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(word));
  return static_cast<std::uint32_t>((address * 0x9E3779B97F4A7C15u) >> (64 - bits));
}

// A table is replaced only while all its buckets are locked, so a bucket that is
// locked and still belongs to the table of the day is the right one.
Lot::Bucket& Lot::locked(const void* word) noexcept {
  for (;;) {
    Table* table = table_.load(std::memory_order_acquire);
    Bucket& bucket = table->buckets[hash(word, table->bits)];
    bucket.mutex.lock();
    if (table == table_.load(std::memory_order_acquire)) return bucket;
    bucket.mutex.unlock();
  }
}

void Lot::append(Bucket& bucket, Node& node) noexcept {
  node.next_ = nullptr;
  (bucket.first == nullptr ? bucket.first : bucket.last->next_) = &node;
  bucket.last = &node;
}

bool Lot::park(Node& node, std::uint32_t expected) {
  Bucket& bucket = locked(node.word_);
  // Whoever changes the word and then wakes has either held this bucket's lock
  // before us, and we see the change, or takes it after us and finds the node.
  bool same = node.word_->load(std::memory_order_relaxed) == expected;
  if (same) append(bucket, node);
  bucket.mutex.unlock();
  return same;
}

bool Lot::leave(Node& node) noexcept {
  Bucket& bucket = locked(node.word_);
  bool queued = node.state_.load(std::memory_order_relaxed) == Node::Queued;
  if (queued) {
    Node* before = nullptr;
    for (Node* n = bucket.first; n != &node; n = n->next_) before = n;
    (before == nullptr ? bucket.first : before->next_) = node.next_;
    if (bucket.last == &node) bucket.last = before;
  }
  bucket.mutex.unlock();
  return queued;
}

int Lot::wake(const std::atomic<std::uint32_t>& word, int n) noexcept {
  Node* taken = nullptr;
  Node** end = &taken;
  int count = 0;
  Bucket& bucket = locked(&word);
  Node* before = nullptr;
  for (Node* node = bucket.first; node != nullptr && count < n;) {
    Node* next = node->next_;
    if (node->word_ == &word) {
      (before == nullptr ? bucket.first : before->next_) = next;
      if (bucket.last == node) bucket.last = before;
      node->state_.store(Node::Taken, std::memory_order_relaxed);
      node->next_ = nullptr;
      *end = node;
      end = &node->next_;
      ++count;
    } else {
      before = node;
    }
    node = next;
  }
  bucket.mutex.unlock();

  while (taken != nullptr) {
    Node* next = taken->next_;
    Waiter* waiter = taken->waiter_;
    taken->state_.store(Node::Woken, std::memory_order_release);
    waiter->rouse();
    taken = next;
  }
  return count;
}

void Lot::reserve(std::uint32_t waiters) noexcept {
  Table* old = table_.load(std::memory_order_acquire);
  if (waiters <= (1u << old->bits)) return;
  std::uint32_t bits = old->bits + 1;
  while ((1u << bits) < waiters) ++bits;
  std::unique_ptr<Bucket[]> buckets(new (std::nothrow) Bucket[1u << bits]);
  std::unique_ptr<Table> grown(buckets != nullptr ? new (std::nothrow) Table{bits, buckets.get(), old} : nullptr);
  if (grown == nullptr) return;

  lock_all();
  if (table_.load(std::memory_order_relaxed) == old) {
    for (std::uint32_t i = 0; i < (1u << old->bits); ++i) {
      for (Node* node = old->buckets[i].first; node != nullptr;) {
        Node* next = node->next_;
        append(grown->buckets[hash(node->word_, grown->bits)], *node);
        node = next;
      }
    }
    buckets.release();
    table_.store(grown.release(), std::memory_order_release);
    for (std::uint32_t i = 0; i < (1u << old->bits); ++i) old->buckets[i].mutex.unlock();
  } else {
    unlock_all();
  }
}

void Lot::lock_all() noexcept {
  for (;;) {
    Table* table = table_.load(std::memory_order_acquire);
    for (std::uint32_t i = 0; i < (1u << table->bits); ++i) table->buckets[i].mutex.lock();
    if (table == table_.load(std::memory_order_acquire)) return;
    for (std::uint32_t i = 0; i < (1u << table->bits); ++i) table->buckets[i].mutex.unlock();
  }
}

void Lot::unlock_all() noexcept {
  Table* table = table_.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < (1u << table->bits); ++i) table->buckets[i].mutex.unlock();
}

// In the child of a fork() nobody waits: who waited stayed behind.
void Lot::forked() noexcept {
  Table* table = table_.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < (1u << table->bits); ++i) {
    Bucket& bucket = table->buckets[i];
    bucket.first = bucket.last = nullptr;
    bucket.mutex.reset();
  }
}

}  // namespace weft::wait
