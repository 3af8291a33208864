// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/concurrent/futures/task_group.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "wait/place.hpp"
#include "weft/detail/alarm.hpp"
#include "weft/detail/fork.hpp"
#include "weft/threading/lock.hpp"

namespace weft::concurrent::futures {

using detail::group_here, wait::InProcess;

struct TaskGroup::Body : std::enable_shared_from_this<Body> {
  // Holds on to the body while it runs: the group may be over by then.
  struct Cancel {
    std::weak_ptr<Body> body;
    void operator()() const noexcept {
      if (std::shared_ptr<Body> held = body.lock()) held->cancel();
    }
  };

  Body(const Timeout& deadline, const Body* outer)
      : until(std::min(detail::Alarm::after(deadline), outer != nullptr ? outer->until : detail::Alarm::Never)) {}

  void begin(const Timeout& deadline, const Body* outer) {
    Cancel cancel{weak_from_this()};
    on_stop.emplace(stop.get_token(), cancel);
    if (deadline.stop().stop_possible()) on_outer_stop.emplace(deadline.stop(), cancel);
    if (outer != nullptr) on_outer_group.emplace(outer->stop.get_token(), cancel);
    alarm.emplace(until, stop);
  }

  // Anybody's, also in a callback of a stop token. Never holds the lock while it
  // calls what is not ours.
  void cancel() noexcept {
    cancelling.fetch_add(1, std::memory_order_relaxed);
    stop.request_stop();
    // Those that were looked at may have moved meanwhile: until there are none.
    while (cancel_pending()) {
    }
    if (cancelling.fetch_sub(1, std::memory_order_release) == 1) InProcess::wake(cancelling, wait::Everyone);
  }

  // All from the first to the last; true if there was one.
  bool cancel_pending() noexcept {
    bool some = false;
    for (std::size_t at = 0;; some = true) {
      AnyFuture next;
      {
        std::scoped_lock held(lock);
        while (at < futures.size() && !is_pending(futures[at])) ++at;
        if (at >= futures.size()) return some;
        next = futures[at++];
      }
      next.cancel();
    }
  }

  // A future says that it is cancelled before what its callable holds is
  // destroyed: for who has seen them all done, and must not leave before.
  void await_cancellers() noexcept {
    for (std::uint32_t some; (some = cancelling.load(std::memory_order_acquire)) != 0;) {
      InProcess::wait(cancelling, some, wait::Deadline::until_done(), {"TaskGroup", this});
    }
  }

  // With the lock held. What the group failed with is its own to tell.
  void count_as_read(const AnyFuture& future) noexcept {
    if (future.work().failed_with(failure)) static_cast<void>(future.work().failure());
  }

  static bool is_pending(const AnyFuture& future) noexcept {
    return detail::WorkWord::phase(future.work().word()) == detail::WorkWord::Pending;
  }

  const detail::Alarm::Moment until;
  std::stop_source stop;
  threading::Lock lock;
  std::vector<AnyFuture> futures;            // those that may not have ended
  std::atomic<std::uint32_t> cancelling{0};  // how many are in cancel()
  std::size_t look_again = 64;               // when there are so many, those that have ended are dropped
  std::exception_ptr failure;
  std::optional<detail::Alarm> alarm;
  std::optional<std::stop_callback<Cancel>> on_stop, on_outer_stop, on_outer_group;
};

TaskGroup::Scope::Scope(Body& body) : body_(body), before_(nullptr) {
  if (void** here = group_here()) before_ = std::exchange(*here, &body);
}

TaskGroup::Scope::~Scope() {
  if (void** here = group_here()) *here = before_;
}

void TaskGroup::Scope::failed(std::exception_ptr failure) noexcept {
  {
    std::scoped_lock held(body_.lock);
    if (body_.failure != nullptr) return;
    body_.failure = std::move(failure);
  }
  body_.cancel();
}

TaskGroup::TaskGroup(LocalExecutor& executor, const TaskGroupOptions& options)
    : executor_(executor), exceptions_(std::uncaught_exceptions()) {
  void** here = group_here();
  const Body* outer = here != nullptr ? static_cast<Body*>(*here) : nullptr;
  body_ = std::make_shared<Body>(options.deadline, outer);
  body_->begin(options.deadline, outer);
}

TaskGroup::~TaskGroup() {
  const bool unwinding = std::uncaught_exceptions() > exceptions_;
  if (unwinding) cancel();
  wait();
  if (body_->failure != nullptr && !unwinding) detail::report_unheard("TaskGroup that nobody joined", body_->failure);
}

std::stop_token TaskGroup::stop_token() const noexcept { return body_->stop.get_token(); }

void TaskGroup::cancel() noexcept { body_->cancel(); }

void TaskGroup::enter(const AnyFuture& future) {
  std::vector<AnyFuture> ended;  // dropped without the lock: what a result does when it goes is its own affair
  {
    std::scoped_lock held(body_->lock);
    std::vector<AnyFuture>& futures = body_->futures;
    if (futures.size() >= body_->look_again) {
      auto first = std::partition(futures.begin(), futures.end(), [](const AnyFuture& one) { return !one.done(); });
      std::for_each(first, futures.end(), [&](const AnyFuture& one) { body_->count_as_read(one); });
      ended.assign(std::move_iterator(first), std::move_iterator(futures.end()));
      futures.erase(first, futures.end());
      body_->look_again = std::max<std::size_t>(64, futures.size() * 2);
    }
    futures.push_back(future);
  }
  if (body_->stop.stop_requested()) future.cancel();
}

// Each stays listed until it is done, so that whoever ends the group finds it.
// Returns why some could not be waited for.
std::exception_ptr TaskGroup::wait() noexcept {
  std::exception_ptr left_behind;
  for (;;) {
    AnyFuture next;
    {
      std::scoped_lock held(body_->lock);
      if (body_->futures.empty()) break;
      next = body_->futures.back();
    }
    if (Body::is_pending(next) && body_->stop.stop_requested()) next.cancel();
    try {
      next.work().wait_until_done();
    } catch (...) {  // in the child of a fork(): it runs in the parent, if anywhere
      left_behind = std::current_exception();
    }
    std::scoped_lock held(body_->lock);
    body_->count_as_read(next);
    auto listed = std::find(body_->futures.rbegin(), body_->futures.rend(), next);
    if (listed == body_->futures.rend()) continue;
    std::swap(*listed, body_->futures.back());
    body_->futures.pop_back();
  }
  if (left_behind == nullptr) body_->await_cancellers();
  return left_behind;
}

void TaskGroup::join() {
  std::exception_ptr left_behind = wait();
  if (left_behind != nullptr) std::rethrow_exception(left_behind);
  std::unique_lock held(body_->lock);
  std::exception_ptr failure = std::exchange(body_->failure, nullptr);
  held.unlock();
  if (failure != nullptr) std::rethrow_exception(failure);
  if (detail::Alarm::passed(body_->until)) throw TimeoutError();
}

}  // namespace weft::concurrent::futures
