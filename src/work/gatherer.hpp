// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "wait/place.hpp"
#include "weft/detail/work.hpp"
#include "work/lock_guard.hpp"

namespace weft::work {

/// What a Gathering is made of, over any place. Told by the works, in their threads,
/// and kept alive by those that have yet to tell, and by its owner until leave().
///
/// A Work has tell(), forget(), run_if_here() and left_behind(), as detail::Work.
template <class Place, class Work>
class Gatherer {
 public:
  static constexpr std::size_t None = ~std::size_t{0};

  Gatherer() = default;
  Gatherer(const Gatherer&) = delete;
  Gatherer& operator=(const Gatherer&) = delete;

  /// The owner goes: whatever has not told is not to tell any more.
  void leave() noexcept;

  /// Waits for this one, too. One that is `here` may be run by the owner.
  void add(Work& work, std::size_t number, bool here);

  /// The number of the next one that is settled; None at the deadline, or if all
  /// were told. Calls in_vain() first where it has slept for nothing.
  template <class InVain>
  std::size_t next(const wait::Deadline& deadline, InVain&& in_vain);

  std::size_t missing() const noexcept { return missing_; }

  bool has_next() noexcept {
    LockGuard<Place> held(lock_, "Future");
    return first_ != nullptr;
  }

  /// Some are missing, and none of those will ever tell.
  bool only_lost_left() const noexcept {
    auto lost = [](const Entry& entry) { return entry.work == nullptr || entry.work->left_behind(); };
    return missing_ != 0 && std::ranges::all_of(entries_, lost);
  }

  /// One of the works is settled that `listener` was given to.
  static void arrive(detail::Listener& listener) noexcept;

 private:
  static constexpr std::uint32_t Asleep = 1, Once = 2;

  struct Ear : detail::Listener {
    Ear(Gatherer& g, std::size_t n) noexcept : Listener(tell, true), gatherer(g), number(n) {}
    static detail::Work* tell(Listener& self, detail::Work&) {
      arrive(self);
      return nullptr;
    }

    Gatherer& gatherer;
    const std::size_t number;
    Ear* after = nullptr;  // in the order of arrival
  };

  struct Entry {
    Work* work = nullptr;
    Ear* ear = nullptr;
    bool untried = false;  // it stands in untried_
  };

  ~Gatherer() {
    while (Ear* ear = pop()) delete ear;
  }

  void drop() noexcept {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  Ear* pop() noexcept;
  std::size_t take();
  bool run_one_here();

  typename Place::template Atomic<std::size_t> holders_{1};
  typename LockGuard<Place>::Word lock_{0};
  typename Place::template Atomic<std::uint32_t> word_{0};  // how many came, times two, and Asleep
  Ear* first_ = nullptr;
  Ear* last_ = nullptr;

  // The owner's.
  std::vector<Entry> entries_;
  std::vector<std::size_t> untried_;
  std::size_t missing_ = 0;
};

template <class Place, class Work>
void Gatherer<Place, Work>::arrive(detail::Listener& listener) noexcept {
  auto& ear = static_cast<Ear&>(listener);
  Gatherer& gatherer = ear.gatherer;
  {
    LockGuard<Place> held(gatherer.lock_, "Future");
    (gatherer.last_ == nullptr ? gatherer.first_ : gatherer.last_->after) = &ear;
    gatherer.last_ = &ear;
  }
  if ((gatherer.word_.fetch_add(Once, std::memory_order_acq_rel) & Asleep) != 0) Place::wake(gatherer.word_, 1);
  gatherer.drop();
}

template <class Place, class Work>
typename Gatherer<Place, Work>::Ear* Gatherer<Place, Work>::pop() noexcept {
  LockGuard<Place> held(lock_, "Future");
  Ear* ear = first_;
  if (ear == nullptr) return nullptr;
  first_ = ear->after;
  if (first_ == nullptr) last_ = nullptr;
  return ear;
}

template <class Place, class Work>
void Gatherer<Place, Work>::leave() noexcept {
  for (Entry& entry : entries_) {
    if (entry.ear == nullptr || !entry.work->forget(*entry.ear)) continue;
    delete entry.ear;
    drop();
  }
  drop();
}

template <class Place, class Work>
void Gatherer<Place, Work>::add(Work& work, std::size_t number, bool here) {
  if (number >= entries_.size()) entries_.resize(number + 1);
  Entry& entry = entries_[number];
  if (here && !entry.untried) {
    untried_.push_back(number);
    entry.untried = true;
  }
  auto ear = std::make_unique<Ear>(*this, number);
  entry.work = &work;
  entry.ear = ear.get();
  holders_.fetch_add(1, std::memory_order_relaxed);
  ++missing_;
  work.tell(*ear.release());
}

template <class Place, class Work>
std::size_t Gatherer<Place, Work>::take() {
  std::unique_ptr<Ear> ear(missing_ != 0 ? pop() : nullptr);
  if (ear == nullptr) return None;
  --missing_;
  Entry& entry = entries_[ear->number];
  entry.work = nullptr;
  entry.ear = nullptr;
  return ear->number;
}

template <class Place, class Work>
template <class InVain>
std::size_t Gatherer<Place, Work>::next(const wait::Deadline& deadline, InVain&& in_vain) {
  for (unsigned round = 0; missing_ != 0;) {
    std::uint32_t key = word_.load(std::memory_order_acquire);
    std::size_t found = take();
    if (found != None || deadline.is_now()) return found;
    if (deadline.is_never() && run_one_here()) continue;
    if (Place::spin(round++)) continue;
    if ((key & Asleep) == 0 && !word_.compare_exchange_strong(key, key | Asleep, std::memory_order_relaxed)) continue;
    wait::Outcome outcome = Place::wait(word_, key | Asleep, deadline, {"Future", this});
    word_.fetch_and(~Asleep, std::memory_order_relaxed);
    if (outcome == wait::Outcome::Woken || outcome == wait::Outcome::Changed) continue;
    found = take();
    if (found == None) in_vain();
    return found;
  }
  return None;
}

// Each is looked at once: what was not pending then will be done by others.
template <class Place, class Work>
bool Gatherer<Place, Work>::run_one_here() {
  while (!untried_.empty()) {
    Entry& entry = entries_[untried_.back()];
    untried_.pop_back();
    entry.untried = false;
    if (entry.work != nullptr && entry.work->run_if_here()) return true;
  }
  return false;
}

}  // namespace weft::work
