// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <memory>
#include <string>

#include "errors.hpp"
#include "os/context.hpp"
#include "wait/flow.hpp"
#include "wait/waiter.hpp"
#include "weft/greenlet/greenlet.hpp"

// A greenlet is New, then Started, with a stack, then Dead. The one that runs is
// waiter.running; everybody else of the same waiter has left by go(), and has said
// there what it takes. So a switch is: find whom it reaches (the dead pass
// on to their parents), put the value in its place, go.
//
// References are counted, but the switch does not touch the counts: the one that
// runs needs none. It may thus be left with none: then nobody can ever switch to
// it, and whoever comes next ends it, as if the last handle were dropped then. In
// the same way whoever comes next gives back the stack of one that has ended,
// which could not do that itself.

namespace weft::greenlet {

error::~error() = default;

}  // namespace weft::greenlet

namespace weft::detail {
namespace {

using greenlet::error;

GreenletCore* const Closed = reinterpret_cast<GreenletCore*>(1);

std::exception_ptr wrong_type(const Crossing& takes, const Crossing& given) {
  return std::make_exception_ptr(
      TypeError("the greenlet takes " + type_name(*takes.type) + ", not " + type_name(*given.type)));
}

[[noreturn]] void refuse(const Crossing& takes, const Crossing& given) {
  std::rethrow_exception(wrong_type(takes, given));
}

bool fits(const Crossing* takes, const Crossing& given) noexcept {
  return takes == &given || takes == nullptr || *takes->type == *given.type;
}

}  // namespace

/// The waiter's own flow, as a greenlet: the parent of all parents.
struct GreenletCore::Root : GreenletCore {
  explicit Root(wait::Waiter& w) noexcept : GreenletCore(*this), waiter(&w) {}

  void note(GreenletCore& started) noexcept {
    started.next_ = first;
    if (first != nullptr) first->previous_ = &started;
    first = &started;
  }
  void forget(GreenletCore& dead) noexcept {
    (dead.previous_ != nullptr ? dead.previous_->next_ : first) = dead.next_;
    if (dead.next_ != nullptr) dead.next_->previous_ = dead.previous_;
    dead.next_ = dead.previous_ = nullptr;
  }

  // Whoever was left and has nobody to look after it: dead, or without a handle.
  void look_after(GreenletCore& last) noexcept {
    if (!last.dead()) {
      last.kill();
      return;
    }
    forget(last);
    std::exchange(last.flow_, nullptr)->drop();
    if (last.references_.load(std::memory_order_acquire) == 0) {
      last.free_(&last);
    } else {
      last.state_.store(Gone, std::memory_order_release);  // from now on another thread may free it
    }
  }

  void drop_all(GreenletCore* first_dropped) noexcept {
    for (GreenletCore* d = first_dropped; d != nullptr;) std::exchange(d, d->next_dropped_)->drop();
  }

  std::atomic<wait::Waiter*> waiter;            // nullptr: it has ended
  GreenletCore* to = nullptr;                   // for whom one that ends has left its result
  GreenletCore* first = nullptr;                // of those that have a stack
  std::atomic<GreenletCore*> dropped{nullptr};  // by other threads, each with the last reference
};

GreenletCore::GreenletCore(Root& self) noexcept : state_(Started), root_(&self) {
  free_ = [](GreenletCore* root) noexcept { delete static_cast<Root*>(root); };
}

GreenletCore::GreenletCore(Run run, Free free, const Crossing& takes, void* place, GreenletCore* parent,
                           std::size_t stack_size)
    : takes_(&takes), place_(place), run_(run), free_(free), stack_size_(stack_size) {
  GreenletCore& me = current();
  root_ = me.root_;
  if (parent != nullptr && parent->root_ != root_) throw ValueError("parent cannot be on a different thread");
  parent_ = parent != nullptr ? parent : &me;
  parent_->hold();
}

GreenletCore::~GreenletCore() {
  if (flow_ != nullptr) flow_->drop();
  if (parent_ != nullptr) parent_->drop();
}

GreenletCore& GreenletCore::current() {
  wait::Waiter& waiter = wait::self();
  if (waiter.running == nullptr) {
    waiter.running = static_cast<GreenletCore*>(new Root(waiter));
    waiter.end_running = end_all;
  }
  auto& me = *static_cast<GreenletCore*>(waiter.running);
  if (me.root_->dropped.load(std::memory_order_relaxed) != nullptr)
    me.root_->drop_all(me.root_->dropped.exchange(nullptr));
  return me;
}

bool GreenletCore::is_here() const noexcept {
  const wait::Waiter* here = wait::current;
  return here != nullptr && here->running != nullptr && static_cast<GreenletCore*>(here->running)->root_ == root_;
}

void GreenletCore::must_be_here(const GreenletCore& me) const {
  if (root_ == me.root_) return;
  throw error(root_->waiter.load(std::memory_order_acquire) != nullptr
                  ? "cannot switch to a different thread"
                  : "cannot switch to a different thread (which happens to have exited)");
}

void GreenletCore::set_parent(GreenletCore& parent) {
  if (root_ == this) throw error("cannot set the parent of a main greenlet");
  if (parent.root_ != root_ || current().root_ != root_) throw ValueError("parent cannot be on a different thread");
  for (GreenletCore* p = &parent; p != nullptr; p = p->parent_) {
    if (p == this) throw ValueError("cyclic parent chain");
  }
  parent.hold();
  std::exchange(parent_, &parent)->drop();
}

// Takes the stack; goes nowhere yet.
void GreenletCore::prepare() {
  if (flow_ != nullptr) return;
  flow_ = &wait::Flow::make(stack_size_, 0);
  flow_->start(entry, this);
}

void GreenletCore::begin() noexcept {
  state_.store(Started, std::memory_order_release);
  at_ = &flow_->context;
  root_->note(*this);
}

GreenletCore& GreenletCore::reach() noexcept {
  GreenletCore* to = this;
  while (to->dead()) to = to->parent_;
  return *to;
}

// Each of these goes up from this one until it has found who gets it, and returns
// that one.

GreenletCore& GreenletCore::pass_value(const Crossing& what, void* value) noexcept {
  GreenletCore& to = reach();
  try {
    if (!fits(to.takes_, what)) return to.pass(wrong_type(*to.takes_, what), false);
    if (to.state_.load(std::memory_order_relaxed) == New) to.prepare();
    if (to.takes_ != nullptr) what.move(to.place_, value);
    return to;
  } catch (...) {
    return to.pass(std::current_exception(), false);
  }
}

GreenletCore& GreenletCore::pass_exit() noexcept {
  GreenletCore& to = reach();
  try {
    if (to.state_.load(std::memory_order_relaxed) == New) to.prepare();
    if (to.takes_ != nullptr) to.takes_->exit(to.place_);
    return to;
  } catch (...) {
    return to.pass(std::current_exception(), false);
  }
}

// One that has not run is ended by an exception, and passes it on.
GreenletCore& GreenletCore::pass(const std::exception_ptr& exception, bool is_exit) noexcept {
  GreenletCore* to = this;
  while (to->state_.load(std::memory_order_relaxed) != Started) {
    to->state_.store(Gone, std::memory_order_release);
    to = to->parent_;
    if (is_exit) return to->pass_exit();
  }
  to->thrown_ = exception;
  return *to;
}

// Everything is in its place: only the switch is left. Whoever calls this last
// returns to its caller by way of the switch, and with nothing in between.
inline void GreenletCore::go(GreenletCore& to, const Crossing* what, void* back) noexcept {
  takes_ = what;
  place_ = back;
  if (to.state_.load(std::memory_order_relaxed) == New) to.begin();
  if (references_.load(std::memory_order_relaxed) == 0) to.left_ = this;
  wait::Waiter& waiter = *root_->waiter.load(std::memory_order_relaxed);
  at_ = waiter.at;
  waiter.at = to.at_;
  waiter.running = &to;
  os::Context::turn(*at_, *to.at_);
}

void GreenletCore::rest(GreenletCore& to, const Crossing* what, void* back) {
  go(to, what, back);
  come_back();
}

void GreenletCore::come_back_slow() {
  look_after_left();
  if (thrown_ != nullptr) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

inline void GreenletCore::look_after_left() noexcept {
  if (left_ == nullptr) return;
  std::exception_ptr mine = std::exchange(thrown_, nullptr);  // those whom it ends come back here, too
  root_->look_after(*std::exchange(left_, nullptr));
  thrown_ = std::move(mine);
}

void GreenletCore::switch_to(GreenletCore& me, const Crossing& what, void* value, void* back) {
  must_be_here(me);
  GreenletCore& to = reach();
  if (&to == &me) {
    what.move(back, value);
    return;
  }
  if (!fits(to.takes_, what)) refuse(*to.takes_, what);
  if (to.state_.load(std::memory_order_relaxed) == New) to.prepare();
  if (to.takes_ != nullptr) what.move(to.place_, value);
  me.go(to, &what, back);
}

void GreenletCore::throw_into(const std::exception_ptr& exception, bool is_exit, const Crossing& what, void* back) {
  GreenletCore& me = current();
  must_be_here(me);
  me.takes_ = &what;
  me.place_ = back;
  GreenletCore& to = dead() && is_exit ? pass_exit() : pass(exception, is_exit);
  if (&to != &me) {
    me.rest(to, &what, back);
  } else if (me.thrown_ != nullptr) {
    std::rethrow_exception(std::exchange(me.thrown_, nullptr));
  }
}

bool GreenletCore::is_exit(const std::exception_ptr& exception) noexcept {
  try {
    std::rethrow_exception(exception);
  } catch (const GreenletExit&) {
    return true;
  } catch (...) {
    return false;
  }
}

void GreenletCore::finish(const Crossing& what, void* value) noexcept {
  state_.store(Dead, std::memory_order_release);
  root_->to = &parent_->pass_value(what, value);
}

// Begins and ends on the greenlet's own stack.
void GreenletCore::entry(void* self) {
  auto& me = *static_cast<GreenletCore*>(self);
  me.look_after_left();
  std::exception_ptr exception;
  bool exits = false;
  try {
    me.run_(me);
  } catch (const GreenletExit&) {
    exits = true;
  } catch (...) {
    exception = std::current_exception();
  }
  GreenletCore* to = me.root_->to;
  if (exits || exception != nullptr) {
    me.state_.store(Dead, std::memory_order_release);
    to = exits ? &me.parent_->pass_exit() : &me.parent_->pass(exception, false);
    exception = nullptr;
  }
  if (to->state_.load(std::memory_order_relaxed) == New) to->begin();
  to->left_ = &me;
  wait::Waiter& waiter = *me.root_->waiter.load(std::memory_order_relaxed);
  waiter.at = to->at_;
  waiter.running = to;
  os::Context::leave(me.flow_->context, *to->at_);
}

// The last reference goes: who is suspended is ended first, in its own thread.
void GreenletCore::drop() noexcept {
  if (is_here()) {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (wait::self().running == this) return;  // whoever comes next looks after it
    active() ? kill() : free_(this);
    return;
  }
  std::uint32_t count = references_.load(std::memory_order_acquire);
  while (count > 1) {
    if (references_.compare_exchange_weak(count, count - 1, std::memory_order_acq_rel)) return;
  }
  GreenletCore* found = root_->dropped.load(std::memory_order_acquire);
  do {
    if (found == Closed || state_.load(std::memory_order_acquire) == Gone) {
      free_(this);
      return;
    }
    next_dropped_ = found;
  } while (!root_->dropped.compare_exchange_weak(found, this, std::memory_order_acq_rel));
}

// On the way out its parent is whoever ends it.
void GreenletCore::kill() noexcept {
  auto& me = *static_cast<GreenletCore*>(wait::self().running);
  references_.fetch_add(1, std::memory_order_relaxed);
  me.hold();
  GreenletCore* parent = std::exchange(parent_, &me);
  thrown_ = std::make_exception_ptr(GreenletExit());
  try {
    me.rest(*this, nullptr, nullptr);
  } catch (...) {
    say("Exception ignored in a greenlet that was dropped:\n" + describe(std::current_exception()) + "\n");
  }
  parent_ = parent;
  me.references_.fetch_sub(1, std::memory_order_release);
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;  // somebody has a handle again
  if (dead()) {
    free_(this);
  } else {
    references_.fetch_add(1, std::memory_order_relaxed);  // what its stack holds stays for ever
    say("GreenletExit did not kill a greenlet\n");
  }
}

// For a waiter that ends: nobody else may run what it leaves behind.
void GreenletCore::end_all(wait::Waiter& waiter) noexcept {
  Root& root = *static_cast<GreenletCore*>(waiter.running)->root_;
  while (GreenletCore* one = root.first) {
    one->kill();
    if (root.first == one) root.forget(*one);  // it would not go
  }
  root.drop_all(root.dropped.exchange(Closed, std::memory_order_acq_rel));
  root.state_.store(Gone, std::memory_order_release);
  root.waiter.store(nullptr, std::memory_order_release);
  waiter.running = nullptr;
  root.drop();
}

void GreenletRef::refuse() { throw error("the handle stands for no greenlet"); }

}  // namespace weft::detail
