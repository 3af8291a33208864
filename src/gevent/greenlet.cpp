// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/gevent/greenlet.hpp"

#include <memory>

#include "errors.hpp"
#include "sync/event.hpp"
#include "wait/hub.hpp"
#include "wait/waiter.hpp"

namespace weft::detail {

void GreenState::start(std::string_view name, std::size_t stack_size) {
  name_ = name;
  references_.store(2, std::memory_order_relaxed);  // the other one goes when it has ended
  try {
    waiter_ = &wait::Hub::here().spawn({run, raise, this, stack_size, name_});
    life_ = waiter_->life();
    id_ = waiter_->id();
  } catch (...) {
    drop();
    throw;
  }
}

void GreenState::run(void* state) noexcept {
  auto& self = *static_cast<GreenState*>(state);
  try {
    wait::self().raise_pending();
    self.begun_.store(true, std::memory_order_relaxed);
    self.call_(self);
  } catch (const GreenletExit&) {
    self.exited_ = true;
    self.error_ = std::current_exception();
  } catch (...) {
    self.error_ = std::current_exception();
  }
  // What cleans up after it may still ask who it is, and is not thrown at.
  wait::Waiter& me = wait::self();
  me.raise = nullptr;
  me.clean_up();
  sync::set_event<wait::InProcess>(self.ended_);
  self.drop();
}

void GreenState::raise(void* state) {
  std::unique_ptr<std::exception_ptr> chosen(static_cast<GreenState*>(state)->to_raise_.exchange(nullptr));
  if (chosen != nullptr) std::rethrow_exception(*chosen);
  throw GreenletExit();
}

void GreenState::destroy() noexcept {
  if (error_ != nullptr && !exited_ && !asked_.load(std::memory_order_relaxed)) {
    say("Exception in green thread " + name() + ", which nobody has asked for:\n" + describe(error_) + "\n");
  }
  delete to_raise_.load(std::memory_order_acquire);
  free_(this);
}

bool GreenState::join(const Timeout& timeout) {
  if (ended()) return true;
  if (wait::self().argument == this) throw RuntimeError("cannot join current greenlet");
  return sync::wait_event<wait::InProcess>(ended_, timeout, {"Greenlet", this, name_.c_str()}) || wait::in_vain();
}

void GreenState::wait_for_result(const Timeout& timeout) {
  if (!join(timeout)) throw TimeoutError();
  asked_.store(true, std::memory_order_relaxed);
  if (error_ != nullptr) std::rethrow_exception(error_);
}

std::exception_ptr GreenState::exception() noexcept {
  if (!ended() || exited_) return {};
  asked_.store(true, std::memory_order_relaxed);
  return error_;
}

bool GreenState::kill(std::exception_ptr exception, const Timeout& timeout) {
  if (ended()) return true;
  if (exception != nullptr) delete to_raise_.exchange(new std::exception_ptr(std::move(exception)));
  if (wait::self().argument == this) raise(this);
  waiter_->kill(life_);
  return join(timeout);
}

const wait::Waiter* GreenState::waiter() const noexcept {
  return !ended() && waiter_->life() == life_ ? waiter_ : nullptr;
}

std::string GreenState::name() const { return name_.empty() ? wait::name_of_green(id_).data() : name_; }

void GreenRef::refuse() { throw RuntimeError("greenlet.__init__() not called"); }

}  // namespace weft::detail

namespace weft::gevent {
namespace {

// Of its own, so that who only yields need not make room for a deadline.
[[gnu::noinline]] void sleep_for(double seconds) { wait::sleep(Timeout(seconds)); }

GreenletStatus as_status(const wait::Sight& seen) {
  GreenletStatus status;
  status.name = seen.name;
  status.state = seen.kind.empty() ? GreenletState::Runnable : GreenletState::Waiting;
  if (seen.kind.empty()) return status;
  status.waiting_for = seen.kind;
  status.object = seen.object;
  status.object_name = seen.object_name;
  status.since = static_cast<double>(os::now() - seen.since) / 1e9;
  if (wait::Waiter* owner = wait::find(seen.owner)) status.held_by = owner->seen().name;
  return status;
}

}  // namespace

GreenletStatus status_of(const detail::GreenState& greenlet) {
  const wait::Waiter* waiter = greenlet.waiter();
  GreenletStatus status = waiter != nullptr ? as_status(waiter->seen()) : GreenletStatus{};
  if (greenlet.waiter() == nullptr) status = {}, waiter = nullptr;  // it may have been another's by then
  status.name = greenlet.name();
  if (waiter != nullptr && !greenlet.begun()) status.state = GreenletState::New;
  return status;
}

std::vector<Greenlet<>> joinall(const std::vector<Greenlet<>>& greenlets, const JoinOptions& options) {
  const Timeout end = options.timeout.from_now();
  std::vector<Greenlet<>> ended;
  ended.reserve(greenlets.size());
  for (const Greenlet<>& greenlet : greenlets) {
    if (!greenlet.join(end)) continue;
    ended.push_back(greenlet);
    if (options.raise_error && !greenlet.successful()) greenlet.get();
  }
  return ended;
}

void killall_by(const std::vector<Greenlet<>>& greenlets, const std::exception_ptr& exception, const Timeout& timeout) {
  std::vector<Greenlet<>> others = greenlets;
  std::erase(others, getcurrent());
  for (const Greenlet<>& greenlet : others) greenlet.kill(exception, 0);
  joinall(others, {.timeout = timeout});
}

void sleep(double seconds) {
  if (seconds > 0) {
    sleep_for(seconds);
  } else if (wait::Hub* hub = wait::Hub::find()) {
    hub->yield();
  }
  wait::in_vain();
}

Greenlet<> getcurrent() {
  wait::Waiter& me = wait::self();
  if (!me.green()) return {};
  auto* state = static_cast<detail::GreenState*>(me.argument);
  state->hold();
  return Greenlet<>(detail::GreenRef(state));
}

std::vector<GreenletStatus> enumerate() {
  std::vector<GreenletStatus> all;
  for (const wait::Sight& seen : wait::everybody()) {
    if (seen.green) all.push_back(as_status(seen));
  }
  return all;
}

}  // namespace weft::gevent
