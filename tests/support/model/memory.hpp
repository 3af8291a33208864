// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "support/model/choices.hpp"

namespace weft::model {

inline constexpr int MaxThreads = 8;     // the actors, and the body itself as number 0
inline constexpr int MaxLocations = 64;  // atomics that one run makes

/// What a thread knows, and what a store tells to whoever acquires it.
struct Knowledge {
  std::array<std::int32_t, MaxThreads> clock{};   // how far each thread happens before
  std::array<std::int32_t, MaxLocations> seen{};  // per location: nothing older may be read
  int locations = 0;                              // as many of `seen` mean something, in eights

  void clear() {
    clock.fill(0);
    locations = 0;
  }

  void become(const Knowledge& other) {
    clock = other.clock;
    locations = other.locations;
    std::copy_n(other.seen.begin(), locations, seen.begin());
  }

  void learn(const Knowledge& other) {
    for (int i = 0; i < MaxThreads; ++i) clock[i] = std::max(clock[i], other.clock[i]);
    learn_order(other);
  }

  // Without happening after it: all that follows is that loads do not go back.
  void learn_order(const Knowledge& other) {
    grow(other.locations);
    for (int block = 0; block < other.locations; block += 8) {
      for (int i = block; i < block + 8; ++i) seen[i] = std::max(seen[i], other.seen[i]);
    }
  }

  void raise(int location, std::int32_t at) {
    grow(location / 8 * 8 + 8);
    seen[location] = std::max(seen[location], at);
  }

  std::int32_t floor(int location) const { return location < locations ? seen[location] : 0; }

 private:
  void grow(int to) {
    for (; locations < to; ++locations) seen[locations] = 0;
  }
};

/// One value of an atomic. `at` orders the stores of a location (their
/// modification order): one made later may well be older.
struct Store {
  std::uint64_t value;
  std::int32_t at;
  std::int32_t step;  // of the trace
  int thread;
  bool update;  // by a read-modify-write: nothing comes between it and the one it read
  Knowledge message;
};

/// The memory of one run: for each atomic its stores, for each thread what it
/// may still read. It is C++20's model, less loads that run ahead of their own
/// thread; the order of seq_cst is the order in which they are run.
///
/// Each call is one step of `thread`. Who may make a step is decided elsewhere.
class Memory {
 public:
  explicit Memory(Choices& choices) : choices_(choices) {}

  /// A run begins, in which `stale` loads may miss the newest store, or stores
  /// come before it; -1: as many as like.
  void begin(int stale);

  int create(int thread, std::uint64_t value);
  void destroy(int thread, int location);

  const Store& load(int thread, int location, std::memory_order order);
  const Store& store(int thread, int location, std::uint64_t value, std::memory_order order);
  void fence(int thread, std::memory_order order);

  /// As the kernel reads a futex: the newest, and nothing follows from it.
  const Store& look(int thread, int location);

  struct Updated {
    const Store* read;
    const Store* made;  // null: compare_exchange found something else
  };

  Updated compare_exchange(int thread, int location, std::uint64_t expected, std::uint64_t desired,
                           std::memory_order success, std::memory_order failure);

  /// F turns the value that was read into the one to store.
  template <class F>
  Updated update(int thread, int location, std::memory_order order, F&& f) {
    touch(thread, location);
    int position = choose_place(histories_[location], floor(thread, location, order));
    return make_update(thread, location, position, f(histories_[location][position]->value), order);
  }

  void start(int thread);  // it knows what thread 0 knows
  void join(int thread);   // and the other way round

  const Store& newest(int location) const { return *histories_[location].back(); }
  void set_step(int step) { step_ = step; }
  int locations() const { return locations_; }

  /// Who touched plain data last.
  struct Data {
    int writer = 0;
    std::int32_t written = 0;
    std::array<std::int32_t, MaxThreads> read{};
  };

  // Each returns the thread whose access is not ordered with this one, or -1.
  int read(int thread, Data& data) const;
  int write(int thread, Data& data) const;

 private:
  struct Thread {
    Knowledge now;
    Knowledge acquired;  // read without acquiring: an acquire fence makes it known
    Knowledge released;  // known at the last release fence: what a relaxed store tells
    std::array<const Store*, MaxLocations> last_read;
    std::array<int, MaxLocations> repeats;
  };

  struct Life {
    int creator;
    std::int32_t created;
    bool destroyed;
    std::array<std::int32_t, MaxThreads> used;
  };

  using History = std::vector<Store*>;  // oldest first

  std::int32_t floor(int thread, int location, std::memory_order order) const;
  void touch(int thread, int location);
  bool is_tired(const Thread& thread, int location, const Store& store) const;
  const Store& after_load(int thread, int location, const Store& store, std::memory_order order);
  int gap_after(const History& history, int position) const;
  int choose_place(const History& history, std::int32_t oldest);
  int choose(int count, Choices::Kind kind);
  Updated make_update(int thread, int location, int position, std::uint64_t value, std::memory_order order);
  Store& insert(int thread, int location, int position, std::uint64_t value, std::memory_order order);
  Store& fresh();

  Choices& choices_;
  int locations_ = 0, step_ = 0, stale_left_ = 0;
  std::size_t used_ = 0;
  std::vector<std::unique_ptr<Store>> stores_;
  std::array<History, MaxLocations> histories_;
  std::array<Life, MaxLocations> lives_;
  std::array<Thread, MaxThreads> threads_;
  Knowledge total_;  // what the seq_cst operations so far have settled
  static constexpr int MostAlternatives = 64;
  std::array<int, MostAlternatives> places_;  // of the step that is being made
};

}  // namespace weft::model
