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

void Lot::append(Bucket& bucket, Waiter& waiter) noexcept {
  waiter.parking.next = nullptr;
  (bucket.first == nullptr ? bucket.first : bucket.last->parking.next) = &waiter;
  bucket.last = &waiter;
}

bool Lot::park(Waiter& waiter, const std::atomic<std::uint32_t>& word, std::uint32_t expected) noexcept {
  Bucket& bucket = locked(&word);
  // Whoever changes the word and then wakes has either held this bucket's lock
  // before us, and we see the change, or takes it after us and finds the waiter.
  bool same = word.load(std::memory_order_relaxed) == expected;
  if (same) {
    waiter.parking.word = &word;
    waiter.parking.state.store(Parking::Queued, std::memory_order_relaxed);
    append(bucket, waiter);
  }
  bucket.mutex.unlock();
  return same;
}

bool Lot::leave(Waiter& waiter) noexcept {
  Bucket& bucket = locked(waiter.parking.word);
  bool queued = waiter.parking.state.load(std::memory_order_relaxed) == Parking::Queued;
  if (queued) {
    Waiter* before = nullptr;
    for (Waiter* w = bucket.first; w != &waiter; w = w->parking.next) before = w;
    (before == nullptr ? bucket.first : before->parking.next) = waiter.parking.next;
    if (bucket.last == &waiter) bucket.last = before;
    waiter.parking.state.store(Parking::Woken, std::memory_order_relaxed);
  }
  bucket.mutex.unlock();
  return queued;
}

int Lot::wake(const std::atomic<std::uint32_t>& word, int n) noexcept {
  Waiter* taken = nullptr;
  Waiter** end = &taken;
  int count = 0;
  Bucket& bucket = locked(&word);
  Waiter* before = nullptr;
  for (Waiter* waiter = bucket.first; waiter != nullptr && count < n;) {
    Parking& its = waiter->parking;
    Waiter* next = its.next;
    if (its.word == &word) {
      (before == nullptr ? bucket.first : before->parking.next) = next;
      if (bucket.last == waiter) bucket.last = before;
      its.state.store(Parking::Taken, std::memory_order_relaxed);
      its.next = nullptr;
      *end = waiter;
      end = &its.next;
      ++count;
    } else {
      before = waiter;
    }
    waiter = next;
  }
  bucket.mutex.unlock();

  while (taken != nullptr) {
    Waiter& waiter = *taken;
    taken = waiter.parking.next;
    waiter.parking.state.store(Parking::Woken, std::memory_order_release);
    waiter.rouse();
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
      for (Waiter* waiter = old->buckets[i].first; waiter != nullptr;) {
        Waiter* next = waiter->parking.next;
        append(grown->buckets[hash(waiter->parking.word, grown->bits)], *waiter);
        waiter = next;
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
