// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/concurrent/futures/task_group.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "weft/detail/alarm.hpp"
#include "weft/detail/fork.hpp"
#include "weft/detail/self.hpp"
#include "weft/threading/lock.hpp"

namespace weft::concurrent::futures {

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
    stop.request_stop();
    for (;;) {
      AnyFuture next;
      {
        std::scoped_lock held(lock);
        auto found = std::ranges::find_if(futures, [](const AnyFuture& f) { return is_pending(f); });
        if (found == futures.end()) return;
        next = *found;
      }
      next.cancel();
    }
  }

  static bool is_pending(const AnyFuture& future) noexcept {
    return detail::WorkWord::phase(future.work().word()) == detail::WorkWord::Pending;
  }

  const detail::Alarm::Moment until;
  std::stop_source stop;
  threading::Lock lock;
  std::vector<AnyFuture> futures;  // those that may not have ended
  std::size_t look_again = 64;     // when there are so many, those that have ended are dropped
  std::exception_ptr failure;
  std::optional<detail::Alarm> alarm;
  std::optional<std::stop_callback<Cancel>> on_stop, on_outer_stop, on_outer_group;
};

namespace {

// The group whose task runs here. Only on a worker's own stack, where tasks nest;
// green threads on the same OS thread do not.
void** group_here() noexcept {
  detail::ForkPlace* place = detail::fork_place_here;
  return place != nullptr && place->id == detail::self_id ? &place->group : nullptr;
}

}  // namespace

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
  {
    std::scoped_lock held(body_->lock);
    if (body_->futures.size() >= body_->look_again) {
      std::erase_if(body_->futures, [](const AnyFuture& one) { return one.done(); });
      body_->look_again = std::max<std::size_t>(64, body_->futures.size() * 2);
    }
    body_->futures.push_back(future);
  }
  if (body_->stop.stop_requested()) future.cancel();
}

void TaskGroup::wait() noexcept {
  for (;;) {
    AnyFuture next;
    {
      std::scoped_lock held(body_->lock);
      if (body_->futures.empty()) return;
      next = std::move(body_->futures.back());
      body_->futures.pop_back();
    }
    if (Body::is_pending(next) && body_->stop.stop_requested()) next.cancel();
    next.work().wait_until_done();
    std::scoped_lock held(body_->lock);
    if (next.work().failed_with(body_->failure)) static_cast<void>(next.work().failure());  // it is ours to tell
  }
}

void TaskGroup::join() {
  wait();
  std::unique_lock held(body_->lock);
  std::exception_ptr failure = std::exchange(body_->failure, nullptr);
  held.unlock();
  if (failure != nullptr) std::rethrow_exception(failure);
  if (detail::Alarm::passed(body_->until)) throw TimeoutError();
}

}  // namespace weft::concurrent::futures
