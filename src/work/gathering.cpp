// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/detail/gathering.hpp"

#include <atomic>
#include <memory>

#include "wait/place.hpp"
#include "wait/waiter.hpp"
#include "work/locked.hpp"

namespace weft::detail {

using wait::InProcess;

struct Gathering::Ear : Listener {
  Ear(Body& b, std::size_t n) noexcept;

  Body& body;
  const std::size_t number;
  Ear* after = nullptr;  // in the order of arrival
};

/// Told by the works, in their threads; kept alive by those that have yet to tell.
struct Gathering::Body {
  static constexpr std::uint32_t Asleep = 1, Once = 2;

  ~Body() {
    while (Ear* ear = take()) delete ear;
  }

  static Work* tell(Listener& listener, Work&) {
    auto& ear = static_cast<Ear&>(listener);
    Body& body = ear.body;
    {
      work::Locked held(body.lock, "Future");
      (body.last == nullptr ? body.first : body.last->after) = &ear;
      body.last = &ear;
    }
    if ((body.word.fetch_add(Once, std::memory_order_acq_rel) & Asleep) != 0) InProcess::wake(body.word, 1);
    body.drop();
    return nullptr;
  }

  void drop() noexcept {
    if (holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  Ear* take() noexcept {
    work::Locked held(lock, "Future");
    Ear* ear = first;
    if (ear != nullptr && (first = ear->after) == nullptr) last = nullptr;
    return ear;
  }

  std::atomic<std::size_t> holders{1};
  std::atomic<std::uint32_t> lock{0};
  std::atomic<std::uint32_t> word{0};  // how many came, times two, and Asleep
  Ear* first = nullptr;
  Ear* last = nullptr;
};

Gathering::Ear::Ear(Body& b, std::size_t n) noexcept : Listener(Body::tell, true), body(b), number(n) {}

Gathering::Gathering() : body_(new Body) {}

Gathering::~Gathering() {
  for (Place& place : places_) {
    if (place.ear == nullptr || !place.work->forget(*place.ear)) continue;
    delete place.ear;
    body_->drop();
  }
  body_->drop();
}

void Gathering::add(Work& work, std::size_t number) {
  if (number >= places_.size()) places_.resize(number + 1);
  Place& place = places_[number];
  if (workers_here != nullptr && !place.untried) {
    untried_.push_back(number);
    place.untried = true;
  }
  auto ear = std::make_unique<Ear>(*body_, number);
  place.work = &work;
  place.ear = ear.get();
  body_->holders.fetch_add(1, std::memory_order_relaxed);
  ++missing_;
  work.tell(*ear.release());
}

std::size_t Gathering::take() {
  std::unique_ptr<Ear> ear(missing_ != 0 ? body_->take() : nullptr);
  if (ear == nullptr) return None;
  --missing_;
  Place& place = places_[ear->number];
  place.work = nullptr;
  place.ear = nullptr;
  return ear->number;
}

std::size_t Gathering::next(const Timeout& timeout) {
  const wait::Deadline deadline(timeout);
  for (unsigned round = 0; missing_ != 0;) {
    std::uint32_t key = body_->word.load(std::memory_order_acquire);
    std::size_t found = take();
    if (found != None || deadline.is_now()) return found;
    if (deadline.is_never() && run_one_here()) continue;
    if (InProcess::spin(round++)) continue;
    if ((key & Body::Asleep) == 0 &&
        !body_->word.compare_exchange_strong(key, key | Body::Asleep, std::memory_order_relaxed)) {
      continue;
    }
    wait::Outcome outcome = InProcess::wait(body_->word, key | Body::Asleep, deadline, {"Future", body_});
    body_->word.fetch_and(~Body::Asleep, std::memory_order_relaxed);
    if (outcome == wait::Outcome::Woken || outcome == wait::Outcome::Changed) continue;
    found = take();
    if (found == None) wait::in_vain();
    return found;
  }
  return None;
}

// Each is looked at once: what was not pending then will be done by others.
bool Gathering::run_one_here() {
  while (!untried_.empty()) {
    Place& place = places_[untried_.back()];
    untried_.pop_back();
    place.untried = false;
    if (place.work != nullptr && place.work->run_if_here()) return true;
  }
  return false;
}

}  // namespace weft::detail
