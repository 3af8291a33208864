// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/model/memory.hpp"

#include "support/model/failure.hpp"

namespace weft::model {
namespace {

// Stores lie this far apart, so that others can come between.
constexpr std::int32_t Gap = 1 << 14;

// A thread that reads the same old store again and again finds a newer one in
// the end. C++ promises "in a finite time"; here it is the third time.
constexpr int Patience = 2;

bool acquires(std::memory_order order) {
  return order == std::memory_order_acquire || order == std::memory_order_consume ||
         order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
}

bool releases(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
}

bool total(std::memory_order order) { return order == std::memory_order_seq_cst; }

}  // namespace

void Memory::begin(int stale) {
  stale_left_ = stale;
  locations_ = 0;
  used_ = 0;
  total_.clear();
  for (Thread& thread : threads_) {
    thread.now.clear();
    thread.acquired.clear();
    thread.released.clear();
  }
  for (int i = 0; i < MaxThreads; ++i) threads_[i].now.clock[i] = 1;
}

Store& Memory::fresh() {
  if (used_ == stores_.size()) stores_.push_back(std::make_unique<Store>());
  return *stores_[used_++];
}

int Memory::create(int thread, std::uint64_t value) {
  if (locations_ == MaxLocations) fail(Failure::Limit, "the model has room for 64 atomics in one run");
  int location = locations_++;
  Store& first = fresh();
  first.value = value;
  first.at = Gap;
  first.step = step_;
  first.thread = thread;
  first.update = false;
  first.message.clear();
  first.message.raise(location, Gap);
  histories_[location].assign(1, &first);
  lives_[location] = {thread, threads_[thread].now.clock[thread], false, {}};
  for (Thread& each : threads_) {
    each.last_read[location] = nullptr;
    each.repeats[location] = 0;
  }
  threads_[thread].now.raise(location, Gap);
  return location;
}

void Memory::destroy(int thread, int location) {
  Life& life = lives_[location];
  touch(thread, location);
  for (int other = 0; other < MaxThreads; ++other) {
    if (other != thread && life.used[other] > threads_[thread].now.clock[other]) {
      fail(Failure::Race, "an atomic is destroyed while another thread may still be using it");
    }
  }
  life.destroyed = true;
}

void Memory::touch(int thread, int location) {
  Life& life = lives_[location];
  const Knowledge& now = threads_[thread].now;
  if (life.destroyed) fail(Failure::Race, "an atomic is used after it was destroyed");
  if (life.creator != thread && now.clock[life.creator] < life.created) {
    fail(Failure::Race, "an atomic is used by a thread that may not see it constructed yet");
  }
  life.used[thread] = now.clock[thread];
}

std::int32_t Memory::floor(int thread, int location, std::memory_order order) const {
  std::int32_t floor = threads_[thread].now.floor(location);
  return total(order) ? std::max(floor, total_.floor(location)) : floor;
}

bool Memory::is_tired(const Thread& thread, int location, const Store& store) const {
  return thread.last_read[location] == &store && thread.repeats[location] >= Patience &&
         &store != histories_[location].back();
}

const Store& Memory::after_load(int thread, int location, const Store& store, std::memory_order order) {
  Thread& me = threads_[thread];
  me.repeats[location] = me.last_read[location] == &store ? me.repeats[location] + 1 : 0;
  me.last_read[location] = &store;
  me.now.raise(location, store.at);
  (acquires(order) ? me.now : me.acquired).learn(store.message);
  if (total(order)) total_.raise(location, store.at);
  return store;
}

const Store& Memory::load(int thread, int location, std::memory_order order) {
  touch(thread, location);
  const History& history = histories_[location];
  const Store* store = history.back();
  std::int32_t oldest = floor(thread, location, order);
  if (store->at > oldest && stale_left_ != 0) {
    int count = 0;
    for (auto i = static_cast<int>(history.size()) - 1; i >= 0 && history[i]->at >= oldest; --i) {
      if (!is_tired(threads_[thread], location, *history[i]) && count < MostAlternatives) places_[count++] = i;
    }
    store = history[choose(count, Choices::Read)];
  }
  return after_load(thread, location, *store, order);
}

const Store& Memory::look(int thread, int location) {
  touch(thread, location);
  const Store& store = *histories_[location].back();
  threads_[thread].now.raise(location, store.at);
  return store;
}

int Memory::gap_after(const History& history, int position) const {
  if (position + 1 == static_cast<int>(history.size())) return 2 * Gap;
  if (history[position + 1]->update) return 0;
  return history[position + 1]->at - history[position]->at;
}

Store& Memory::insert(int thread, int location, int position, std::uint64_t value, std::memory_order order) {
  History& history = histories_[location];
  Thread& me = threads_[thread];
  Store& store = fresh();
  store.value = value;
  store.at = history[position]->at + gap_after(history, position) / 2;
  store.step = step_;
  store.thread = thread;
  store.update = false;
  history.insert(history.begin() + position + 1, &store);
  me.now.raise(location, store.at);
  store.message.become(releases(order) ? me.now : me.released);
  store.message.raise(location, store.at);
  if (total(order)) total_.raise(location, store.at);
  ++me.now.clock[thread];  // what comes after is not told by this store
  return store;
}

const Store& Memory::store(int thread, int location, std::uint64_t value, std::memory_order order) {
  touch(thread, location);
  const History& history = histories_[location];
  std::int32_t oldest = floor(thread, location, order);
  return insert(thread, location, choose_place(history, oldest), value, order);
}

// After which store a new one comes: the newest, or one that this thread may
// still take for the newest. An update comes right after the store that it
// reads, so it can read what a store could follow.
int Memory::choose_place(const History& history, std::int32_t oldest) {
  int count = 0;
  for (auto i = static_cast<int>(history.size()) - 1; i >= 0 && history[i]->at >= oldest; --i) {
    if (gap_after(history, i) > 1 && count < MostAlternatives) places_[count++] = i;
  }
  return choose(count, Choices::Place);
}

// One of the places that were found, newest first.
int Memory::choose(int count, Choices::Kind kind) {
  if (stale_left_ == 0) return places_[0];
  int taken = choices_.among(count, kind);
  if (taken != 0 && stale_left_ > 0) --stale_left_;
  return places_[taken];
}

Memory::Updated Memory::make_update(int thread, int location, int position, std::uint64_t value,
                                    std::memory_order order) {
  Store& read = *histories_[location][position];
  Thread& me = threads_[thread];
  (acquires(order) ? me.now : me.acquired).learn(read.message);
  me.now.raise(location, read.at);
  Store& made = insert(thread, location, position, value, order);
  made.update = true;
  made.message.learn(read.message);  // the release sequence goes on
  return {&read, &made};
}

Memory::Updated Memory::compare_exchange(int thread, int location, std::uint64_t expected, std::uint64_t desired,
                                         std::memory_order success, std::memory_order failure) {
  touch(thread, location);
  const History& history = histories_[location];
  std::int32_t oldest = floor(thread, location, success), oldest_failed = floor(thread, location, failure);
  int count = 0;
  for (auto i = static_cast<int>(history.size()) - 1; i >= 0; --i) {
    const Store& store = *history[i];
    bool may = store.value == expected ? store.at >= oldest && gap_after(history, i) > 1
                                       : store.at >= oldest_failed && !is_tired(threads_[thread], location, store);
    if (may && count < MostAlternatives) places_[count++] = i;
  }
  int position = choose(count, Choices::Read);
  const Store& read = *history[position];
  if (read.value == expected) return make_update(thread, location, position, desired, success);
  return {&after_load(thread, location, read, failure), nullptr};
}

void Memory::fence(int thread, std::memory_order order) {
  Thread& me = threads_[thread];
  if (acquires(order)) me.now.learn(me.acquired);
  if (total(order)) {
    me.now.learn_order(total_);
    total_.learn_order(me.now);
  }
  if (releases(order)) {
    me.released.become(me.now);
    ++me.now.clock[thread];
  }
}

void Memory::start(int thread) {
  Thread& me = threads_[thread];
  std::int32_t own = std::max(me.now.clock[thread], threads_[0].now.clock[thread]) + 1;
  me.now.become(threads_[0].now);
  me.now.clock[thread] = own;
  me.acquired.clear();
  me.released.clear();
}

void Memory::join(int thread) {
  threads_[0].now.learn(threads_[thread].now);
  ++threads_[0].now.clock[0];
}

int Memory::read(int thread, Data& data) const {
  const Knowledge& now = threads_[thread].now;
  if (data.written > now.clock[data.writer]) return data.writer;
  data.read[thread] = now.clock[thread];
  return -1;
}

int Memory::write(int thread, Data& data) const {
  const Knowledge& now = threads_[thread].now;
  if (data.written > now.clock[data.writer]) return data.writer;
  for (int other = 0; other < MaxThreads; ++other) {
    if (other != thread && data.read[other] > now.clock[other]) return other;
  }
  data.writer = thread;
  data.written = now.clock[thread];
  return -1;
}

}  // namespace weft::model
