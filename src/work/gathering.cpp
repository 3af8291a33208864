// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/detail/gathering.hpp"

#include <atomic>
#include <memory>

#include "wait/place.hpp"
#include "work/locked.hpp"

namespace weft::detail {

using wait::InProcess;

/// Told by the works, in their threads; kept alive by those that have yet to tell.
struct Gathering::Body {
  struct Ear : Listener {
    Ear() noexcept : Listener(nullptr, false) {}
    Body* body = nullptr;
    Ear* after = nullptr;  // in the order of arrival
  };

  static constexpr std::uint32_t Asleep = 1, Once = 2;

  Body(std::size_t count, const Timeout& t) : timeout(t), deadline(timeout), ears(new Ear[count]) {}

  static Work* tell(Listener& listener, Work&) {
    auto& ear = static_cast<Ear&>(listener);
    Body& body = *ear.body;
    {
      work::Locked held(body.lock, "Future");
      ear.after = nullptr;
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

  Timeout timeout;
  wait::Deadline deadline;
  std::atomic<std::size_t> holders{1};
  std::atomic<std::uint32_t> lock{0};
  std::atomic<std::uint32_t> word{0};  // how many came, times two, and Asleep
  Ear* first = nullptr;
  Ear* last = nullptr;
  std::unique_ptr<Ear[]> ears;
};

Gathering::Gathering(Work* const* works, std::size_t count, const Timeout& timeout, bool only_settled)
    : body_(new Body(count, timeout)), works_(works), count_(count), missing_(count) {
  body_->holders.store(count + 1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < count; ++i) {
    Body::Ear& ear = body_->ears[i];
    ear.tell = Body::tell;
    ear.settled = only_settled;
    ear.body = body_;
    works[i]->tell(ear);
  }
}

Gathering::~Gathering() {
  for (std::size_t i = 0; i < count_ && missing_ != 0; ++i) {
    if (works_[i] != nullptr && works_[i]->forget(body_->ears[i])) body_->drop();
  }
  body_->drop();
}

std::size_t Gathering::next_now() {
  Body::Ear* ear = missing_ != 0 ? body_->take() : nullptr;
  if (ear == nullptr) return None;
  --missing_;
  return static_cast<std::size_t>(ear - body_->ears.get());
}

std::size_t Gathering::next() {
  for (unsigned round = 0; missing_ != 0;) {
    std::uint32_t key = body_->word.load(std::memory_order_acquire);
    std::size_t found = next_now();
    if (found != None) return found;
    if (body_->deadline.is_never() && run_one_here()) continue;
    if (body_->deadline.is_now()) return None;
    if (InProcess::spin(round++)) continue;
    if ((key & Body::Asleep) == 0 &&
        !body_->word.compare_exchange_strong(key, key | Body::Asleep, std::memory_order_relaxed)) {
      continue;
    }
    wait::Outcome outcome = InProcess::wait(body_->word, key | Body::Asleep, body_->deadline, {"Future", body_});
    body_->word.fetch_and(~Body::Asleep, std::memory_order_relaxed);
    if (outcome == wait::Outcome::TimedOut || outcome == wait::Outcome::Interrupted) return next_now();
  }
  return None;
}

// Each is looked at once: what was not pending then will be done by others.
bool Gathering::run_one_here() {
  if (workers_here == nullptr) return false;
  while (tried_ != count_) {
    if (works_[tried_++]->run_if_here()) return true;
  }
  return false;
}

}  // namespace weft::detail
