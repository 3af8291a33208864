// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/detail/work.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdio>
#include <unordered_set>
#include <vector>

#include "errors.hpp"
#include "wait/place.hpp"
#include "wait/waiter.hpp"
#include "weft/detail/fork.hpp"
#include "weft/detail/ref.hpp"
#include "weft/errors.hpp"
#include "work/await.hpp"
#include "work/listeners.hpp"
#include "work/lock_guard.hpp"

namespace weft::detail {

constinit thread_local Workers* workers_here [[gnu::tls_model("initial-exec")]] = nullptr;

namespace {

const char* name_of(std::uint32_t phase) noexcept {
  constexpr const char* Names[] = {"PENDING", "RUNNING", "CANCELLED", "CANCELLED_AND_NOTIFIED", "FINISHED"};
  return Names[phase];
}

}  // namespace

void Workers::hand_over(Work& work, int priority) {
  work.set_home(this);
  bool taken = false;
  auto cancel = [&] {
    work.cancel();
    work.drop();
  };
  try {
    taken = put(work, priority);
  } catch (...) {
    cancel();
    throw;
  }
  if (taken) return;
  cancel();
  refuse();
}

/// The works whose listeners are to be told: one after the other, not one within
/// the other, so that a chain of continuations may be as long as it likes.
class Chain {
 public:
  explicit Chain(Listener* first, Work& work) noexcept { tell(first, work); }

  void run() noexcept {
    while (Work* work = first_) {
      first_ = work->next_;
      if (first_ == nullptr) last_ = nullptr;
      tell(work->take_listeners(), *work);
      work->drop();
    }
  }

 private:
  void tell(Listener* listener, Work& work) noexcept {
    while (listener != nullptr) {
      Listener* next = listener->next;
      if (Work* done = listener->tell(*listener, work)) {
        done->next_ = nullptr;
        (last_ == nullptr ? first_ : last_->next_) = done;
        last_ = done;
      }
      listener = next;
    }
  }

  Work* first_ = nullptr;
  Work* last_ = nullptr;
};

Work::~Work() {
  if (failure_ == nullptr) return;
  if ((word_.load(std::memory_order_relaxed) & WorkWord::Read) == 0)
    report_unheard("future that nobody read", failure_);
}

namespace {

bool await(std::atomic<std::uint32_t>& word, const wait::Deadline& deadline, const Work& work) noexcept {
  return work::await<wait::InProcess>(word, deadline, {"Future", &work});
}

}  // namespace

bool Work::wait(const Timeout& timeout) {
  const wait::Deadline deadline(timeout);
  return done_without_waiting(deadline.is_never()) || await(word_, deadline, *this) || wait::in_vain();
}

void Work::wait_until_done() {
  if (!done_without_waiting(true)) await(word_, wait::Deadline::until_done(), *this);
}

bool Work::done_without_waiting(bool run_it) {
  if (done() || (run_it && run_if_here())) return true;
  if (left_behind()) throw_left_behind();
  return false;
}

void Work::throw_left_behind() { throw_broken("the task was left behind by a fork()"); }

bool Work::cancel() {
  const bool promised = (word() & WorkWord::Promised) != 0;
  if (!WorkWord::leave_pending(word_, promised ? WorkWord::Cancelled : WorkWord::Notified)) {
    std::uint32_t phase = WorkWord::phase(word());
    return phase == WorkWord::Cancelled || phase == WorkWord::Notified;
  }
  hold();  // a listener may drop the last of the others
  forget_target();
  finish_slow(word());
  drop();
  return true;
}

void Origins::clear() noexcept {
  work::LockGuard<> held(lock_, "Future");
  maker_ = nullptr;
}

Work* Origins::hold(std::size_t n) noexcept {
  work::LockGuard<> held(lock_, "Future");
  Work* work = maker_ != nullptr ? find_(maker_, n) : nullptr;
  if (work != nullptr) work->hold();
  return work;
}

// One after the other, and not one within the other: chains may be long. Each is looked at
// once, as some may be made of the same.
bool Work::run_origins_here() {
  std::vector<Ref<Work>> next;
  std::unordered_set<const Work*> seen;
  auto add_origins = [&](Work& work) {
    Origins* origins = work.origins();
    if (origins == nullptr) return;
    const auto first = static_cast<std::ptrdiff_t>(next.size());
    for (std::size_t n = 0; Work* one = origins->hold(n); ++n) {
      Ref<Work> held(one);
      if (!one->done() && seen.insert(one).second) next.push_back(std::move(held));
    }
    std::reverse(next.begin() + first, next.end());  // the first of them comes next
  };
  add_origins(*this);
  while (!next.empty() && !done()) {
    const Ref<Work> one = std::move(next.back());
    next.pop_back();
    if (one->home_ != nullptr) {
      one->run_if_here();
    } else {
      add_origins(*one);
    }
  }
  return done();
}

bool Work::run_if_here() {
  if (workers_here == nullptr) return false;
  if (home_ == nullptr) return run_origins_here();
  if (home_ != workers_here) return false;
  // Whatever group the one who waits belongs to: this is another matter.
  void** here = group_here();
  void* group = here != nullptr ? std::exchange(*here, nullptr) : nullptr;
  if (WorkWord::leave_pending(word_, WorkWord::Running)) {
    home_->run_here(*this);
  } else if (WorkWord::runs(word())) {
    take_part();
  }
  if (here != nullptr) *here = group;
  return done();
}

bool Work::give_up(const std::exception_ptr& failure) {
  if (!WorkWord::leave_pending(word_, WorkWord::Running | WorkWord::Setting)) return false;
  forget_target();
  fail(failure);
  finish();
  return true;
}

bool Work::start_or_notify() {
  if (WorkWord::leave_pending(word_, WorkWord::Running)) return true;
  if (const std::uint32_t notified = WorkWord::notify(word_); notified != 0) {
    hold();
    finish_slow(notified);
    drop();
    return false;
  }
  throw RuntimeError("Future in unexpected state");
}

void Work::begin_setting() {
  if (WorkWord::begin_setting(word_)) return;
  throw_invalid_state(std::string(name_of(WorkWord::phase(word()))) + ": " + describe());
}

std::exception_ptr Work::failure() noexcept {
  if (failure_ != nullptr && (word_.load(std::memory_order_relaxed) & WorkWord::Read) == 0) {
    word_.fetch_or(WorkWord::Read, std::memory_order_relaxed);
  }
  return failure_;
}

void Work::rethrow() { std::rethrow_exception(failure()); }

void Work::finish_slow(std::uint32_t found) noexcept {
  if ((found & WorkWord::Asleep) != 0) wait::InProcess::wake(word_, wait::Everyone);
  if ((found & WorkWord::Heard) == 0) return;
  Chain(take_listeners(), *this).run();
}

Work* Work::cancel_later() noexcept {
  if (!WorkWord::leave_pending(word_, WorkWord::Notified)) return nullptr;
  forget_target();
  return later(word());
}

Work* Work::finish_later() noexcept { return later(WorkWord::finish(word_)); }

Work* Work::later(std::uint32_t found) noexcept {
  if ((found & WorkWord::Asleep) != 0) wait::InProcess::wake(word_, wait::Everyone);
  if ((found & WorkWord::Heard) == 0) return nullptr;
  hold();
  return this;
}

Listener* Work::take_listeners() noexcept { return listeners_.take<wait::InProcess>(WorkWord::settled(word())); }

void Work::tell(Listener& listener) {
  if (!listeners_.enter<wait::InProcess>(listener, word_)) Chain(&listener, *this).run();
}

bool Work::forget(Listener& listener) noexcept { return listeners_.leave<wait::InProcess>(listener); }

std::string Work::describe() const {
  char address[40];
  std::snprintf(address, sizeof address, "<Future at %p state=", static_cast<const void*>(this));
  std::string text = address;
  switch (WorkWord::phase(word())) {
    case WorkWord::Pending:
      return text + "pending>";
    case WorkWord::Running:
      return text + "running>";
    case WorkWord::Cancelled:
    case WorkWord::Notified:
      return text + "cancelled>";
  }
  if (failure_ == nullptr) return text + "finished returned " + type_name(type()) + ">";
  try {
    std::rethrow_exception(failure_);
  } catch (...) {
    return text + "finished raised " + type_name(*abi::__cxa_current_exception_type()) + ">";
  }
}

}  // namespace weft::detail
