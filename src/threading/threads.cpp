// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "os/native_id.hpp"
#include "os/thread_name.hpp"
#include "sync/event.hpp"
#include "threading/body.hpp"
#include "wait/fork.hpp"
#include "wait/waiter.hpp"

namespace weft::threading {
namespace {

constinit thread_local Thread::Body* current_body [[gnu::tls_model("initial-exec")]] = nullptr;

// What a Local keeps for this thread goes first: whoever joins it finds that gone.
void leave(void* body) {
  if (wait::Waiter* me = wait::current) me->lose_locals();
  threads().end(*static_cast<Thread::Body*>(body));
}

pthread_key_t leave_key() noexcept {
  static const pthread_key_t key = [] {
    pthread_key_t made;
    ::pthread_key_create(&made, leave);
    return made;
  }();
  return key;
}

BodyPtr remove(std::vector<BodyPtr>& list, const Thread::Body& body) noexcept {
  BodyPtr found = std::move(list[body.place]);
  if (body.place + 1 != list.size()) {
    list[body.place] = std::move(list.back());
    list[body.place]->place = body.place;
  }
  list.pop_back();
  return found;
}

void append(std::vector<BodyPtr>& list, BodyPtr body) {
  list.push_back(std::move(body));
  list.back()->place = list.size() - 1;
}

}  // namespace

bool in_main_thread() noexcept { return os::native_id() == ::getpid(); }

// Never destroyed: threads may outlive every static.
Threads& threads() noexcept {
  static auto* const threads = new Threads;
  return *threads;
}

void set_current(Thread::Body* body) noexcept {
  current_body = body;
  ::pthread_setspecific(leave_key(), body);
}

void Threads::loaded() noexcept {
  leave_key();
  if (in_main_thread()) main_thread_ = ::pthread_self();
  static constinit wait::ForkHandler handler{prepare, parent, child};
  wait::on_fork(handler);
}

void Threads::enter(BodyPtr body) {
  unreaped_.reserve(unreaped_.size() + alive_.size() + 1);  // so that end() never allocates
  append(alive_, std::move(body));
}

// All under the lock that fork() takes: in a child, a thread is either not
// started or among those that stayed behind.
bool Threads::begin(const BodyPtr& body) {
  std::scoped_lock held(mutex_);
  if (body->state.load(std::memory_order_relaxed) != Thread::Body::New) return false;
  enter(body);
  body->self = body;
  for (std::atomic<std::uint32_t>* word : {&body->begun, &body->ended}) {
    word->fetch_and(~detail::EventWord::Set, std::memory_order_relaxed);  // by take_back()
  }
  body->state.store(Thread::Body::Starting, std::memory_order_release);
  return true;
}

void Threads::take_back(Thread::Body& body) noexcept {
  {
    BodyPtr last;
    std::scoped_lock held(mutex_);
    last = remove(alive_, body);
    body.self.reset();
    body.state.store(Thread::Body::New, std::memory_order_release);
  }
  // Who waits for it to begin or, at the exit of the process, to end looks again; who
  // was only about to wait as well, so they stay set until it is begun once more.
  sync::set_event<wait::InProcess>(body.begun);
  sync::set_event<wait::InProcess>(body.ended);
}

void Threads::end(Thread::Body& body) noexcept {
  BodyPtr last;  // dropped after the lock
  current_body = nullptr;
  {
    std::scoped_lock held(mutex_);
    last = remove(alive_, body);
    if (!body.foreign) append(unreaped_, last);
    to_reap_.store(unreaped_.size(), std::memory_order_relaxed);
    body.self.reset();
    body.state.store(Thread::Body::Ended, std::memory_order_release);
  }
  sync::set_event<wait::InProcess>(body.ended);
}

bool Threads::reap(Thread::Body& body) noexcept {
  if (body.foreign || body.reaped.exchange(true, std::memory_order_acq_rel)) return false;
  ::pthread_join(body.thread, nullptr);
  os::give_back_stack(body.stack);
  BodyPtr last;
  std::scoped_lock held(mutex_);
  last = remove(unreaped_, body);
  to_reap_.store(unreaped_.size(), std::memory_order_relaxed);
  return true;
}

void Threads::reap_all() noexcept {
  while (to_reap_.load(std::memory_order_relaxed) != 0) {
    BodyPtr body;
    {
      std::scoped_lock held(mutex_);
      auto it = std::ranges::find_if(unreaped_, [](auto& b) { return !b->reaped.load(std::memory_order_relaxed); });
      if (it != unreaped_.end()) body = *it;
    }
    if (body == nullptr) return;
    reap(*body);
  }
}

std::vector<BodyPtr> Threads::alive() const {
  std::scoped_lock held(mutex_);
  return alive_;
}

// A handle for a thread that weft did not start.
BodyPtr Threads::adopt(const char* name, int number) {
  auto body = std::make_shared<Thread::Body>();
  body->foreign = true;
  body->number = number;
  body->name = name;
  body->state.store(Thread::Body::Started, std::memory_order_relaxed);
  body->begun.store(detail::EventWord::next_set(0), std::memory_order_relaxed);
  return body;
}

BodyPtr Threads::main() {
  {
    std::scoped_lock held(mutex_);
    if (main_ != nullptr) return main_;
  }
  BodyPtr body = adopt("MainThread", 0);
  body->native_id.store(::getpid(), std::memory_order_relaxed);
  std::scoped_lock held(mutex_);
  body->thread = main_thread_;
  if (main_ == nullptr) {
    enter(body);
    main_ = body;
  }
  return main_;
}

BodyPtr Threads::current() {
  if (current_body != nullptr) return current_body->shared_from_this();
  if (in_main_thread()) {
    BodyPtr body = main();
    std::scoped_lock held(mutex_);
    if (main_thread_ == pthread_t{}) main_thread_ = body->thread = ::pthread_self();
    return body;
  }
  BodyPtr body = adopt("", dummies_.fetch_add(1, std::memory_order_relaxed) + 1);
  body->daemon.store(true, std::memory_order_relaxed);
  body->thread = ::pthread_self();
  body->native_id.store(os::native_id(), std::memory_order_relaxed);
  {
    std::scoped_lock held(mutex_);
    enter(body);
  }
  set_current(body.get());
  return body;
}

std::string Threads::name(const Thread::Body& body) const {
  std::string given = given_name(body);
  return given.empty() ? default_name(body) : given;
}

std::string Threads::given_name(const Thread::Body& body) const {
  std::scoped_lock held(mutex_);
  return body.name;
}

bool Threads::is_current(const Thread::Body& body) const noexcept {
  return current_body == &body || (body.foreign && body.native_id.load(std::memory_order_relaxed) == os::native_id());
}

bool Threads::is_dummy(const Thread::Body& body) const noexcept {
  if (!body.foreign) return false;
  std::scoped_lock held(mutex_);
  return &body != main_.get();
}

void Threads::main_ends() noexcept {
  if (!in_main_thread()) return;
  BodyPtr body = main();
  body->state.store(Thread::Body::Ended, std::memory_order_release);
  sync::set_event<wait::InProcess>(body->ended);
}

bool Threads::current_is_daemon() const noexcept {
  return current_body != nullptr && current_body->daemon.load(std::memory_order_relaxed);
}

// The name of whoever waits has one writer at a time: the one that has the mutex.
void Threads::introduce(Thread::Body& body, wait::Waiter& waiter) {
  std::scoped_lock held(mutex_);
  body.native_id.store(waiter.native_id(), std::memory_order_release);
  if (!body.name.empty()) os::set_thread_name(body.name);
  waiter.name.set(body.name.empty() ? "Thread-" + std::to_string(body.number) : body.name);
}

void Threads::set_name(Thread::Body& body, std::string name) {
  std::scoped_lock held(mutex_);
  int native_id = body.native_id.load(std::memory_order_relaxed);
  if (native_id != 0 && body.state.load(std::memory_order_acquire) == Thread::Body::Started) {
    wait::rename(native_id, name);
    if (is_current(body) && !in_main_thread()) os::set_thread_name(name);  // the main thread's is the program's
  }
  body.name.swap(name);
}

void Threads::prepare() noexcept {
  threads().mutex_.lock();
  threads().main_thread_forks_ = in_main_thread();
  os::lock_stacks();
}

void Threads::parent() noexcept {
  os::unlock_stacks();
  threads().mutex_.unlock();
}

// Whoever called fork() is the only thread, and the main one, whatever it was.
// The others have ended: a join() of theirs returns, also of one that was about
// to begin, or about to say that it has ended.
void Threads::child() noexcept {
  Threads& all = threads();
  os::unlock_stacks();
  BodyPtr survivor;
  bool was_main = all.main_thread_forks_;
  for (const BodyPtr& body : all.alive_) {
    if (body.get() == current_body || (was_main && body == all.main_)) {
      survivor = body;
      continue;
    }
    body->reaped.store(true, std::memory_order_relaxed);
    body->self.reset();
    all.left_behind_.push_back(body);
    body->state.store(Thread::Body::Ended, std::memory_order_relaxed);
    body->begun.store(detail::EventWord::next_set(0), std::memory_order_release);
    body->ended.store(detail::EventWord::next_set(0), std::memory_order_release);
  }
  for (const BodyPtr& body : all.unreaped_) {
    body->reaped.store(true, std::memory_order_relaxed);
    body->ended.store(detail::EventWord::next_set(0), std::memory_order_release);
  }
  all.alive_.clear();
  all.unreaped_.clear();
  all.to_reap_.store(0, std::memory_order_relaxed);
  all.main_thread_ = ::pthread_self();
  all.main_ = survivor;
  if (survivor != nullptr) {
    survivor->native_id.store(os::native_id(), std::memory_order_relaxed);
    if (survivor->foreign) {
      survivor->name = "MainThread";
      survivor->daemon.store(false, std::memory_order_relaxed);
    }
    append(all.alive_, survivor);
  }
  all.mutex_.unlock();
}

}  // namespace weft::threading
