// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/concurrent/futures/task_group.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "weft/detail/alarm.hpp"
#include "weft/detail/fork.hpp"
#include "work/members.hpp"

namespace weft::concurrent::futures {

using detail::group_here;

struct TaskGroup::Body : std::enable_shared_from_this<Body> {
  struct Member {
    bool pending() const noexcept { return Word::phase(future.work().word()) == Word::Pending; }
    bool done() const noexcept { return future.done(); }
    void cancel() noexcept { future.cancel(); }
    void wait() const { future.work().wait_until_done(); }
    friend bool operator==(const Member&, const Member&) = default;

    using Word = detail::WorkWord;
    AnyFuture future;
  };

  // Holds on to the body while it runs: the group may be over by then.
  struct Cancel {
    std::weak_ptr<Body> body;
    void operator()() const noexcept {
      if (std::shared_ptr<Body> held = body.lock()) held->cancel();
    }
  };

  Body(const Timeout& deadline, std::shared_ptr<const Body> group)
      : until(std::min(detail::Alarm::after(deadline), group != nullptr ? group->until : detail::Alarm::Never)),
        outer(std::move(group)) {}

  void begin(const Timeout& deadline) {
    Cancel cancel{weak_from_this()};
    on_stop.emplace(stop.get_token(), cancel);
    if (deadline.stop().stop_possible()) on_outer_stop.emplace(deadline.stop(), cancel);
    if (outer != nullptr) on_outer_group.emplace(outer->stop.get_token(), cancel);
    alarm.emplace(until, stop);
  }

  // Anybody's, also in a callback of a stop token.
  void cancel() noexcept {
    members.cancel([this] { stop.request_stop(); });
  }

  // With the lock held. What the group failed with is its own to tell.
  void count_as_read(const Member& member) noexcept {
    detail::Work& work = member.future.work();
    if (work.failed_with(failure)) static_cast<void>(work.failure());
  }

  bool is_within(const Body& other) const noexcept {
    return this == &other || (outer != nullptr && outer->is_within(other));
  }

  const detail::Alarm::Moment until;
  const std::shared_ptr<const Body> outer;  // in one of whose tasks it was made, or null
  std::stop_source stop;
  work::Members<wait::InProcess, Member> members;
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
    auto held = body_.members.lock();
    if (body_.failure != nullptr) return;
    body_.failure = std::move(failure);
  }
  body_.cancel();
}

TaskGroup::TaskGroup(LocalExecutor& executor, const TaskGroupOptions& options)
    : executor_(executor), exceptions_(std::uncaught_exceptions()) {
  void** here = group_here();
  const Body* outer = here != nullptr ? static_cast<Body*>(*here) : nullptr;
  body_ = std::make_shared<Body>(options.deadline, outer != nullptr ? outer->shared_from_this() : nullptr);
  body_->begin(options.deadline);
}

TaskGroup::~TaskGroup() {
  const bool unwinding = std::uncaught_exceptions() > exceptions_;
  if (unwinding) cancel();
  wait();
  if (body_->failure != nullptr && !unwinding) detail::report_unheard("TaskGroup that nobody joined", body_->failure);
}

std::stop_token TaskGroup::stop_token() const noexcept { return body_->stop.get_token(); }

void TaskGroup::cancel() noexcept {
  auto held = body_;  // what it calls may end the group
  held->cancel();
}

void TaskGroup::enter(const AnyFuture& future) {
  body_->members.enter({future}, [this](const Body::Member& ended) { body_->count_as_read(ended); });
  if (body_->stop.stop_requested()) future.cancel();
}

// Returns why some could not be waited for.
std::exception_ptr TaskGroup::wait() noexcept {
  return body_->members.wait([this](const Body::Member& ended) { body_->count_as_read(ended); },
                             [this] { return body_->stop.stop_requested(); });
}

void TaskGroup::join() {
  void** here = group_here();
  const Body* group = here != nullptr ? static_cast<Body*>(*here) : nullptr;
  if (group != nullptr && group->is_within(*body_))
    throw RuntimeError("cannot join a TaskGroup in one of its own tasks");
  if (body_->members.within_cancel()) throw RuntimeError("cannot join a TaskGroup in what its end calls");
  std::exception_ptr left_behind = wait();
  if (left_behind != nullptr) std::rethrow_exception(left_behind);
  std::exception_ptr failure;
  {
    auto held = body_->members.lock();
    failure = std::exchange(body_->failure, nullptr);
  }
  if (failure != nullptr) std::rethrow_exception(failure);
  if (detail::Alarm::passed(body_->until)) throw TimeoutError();
}

}  // namespace weft::concurrent::futures
