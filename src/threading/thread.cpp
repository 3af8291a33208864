// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "weft/threading/thread.hpp"

#include <cxxabi.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <limits>
#include <new>

#include "os/native_id.hpp"
#include "sync/event.hpp"
#include "threading/body.hpp"
#include "wait/hub.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"

namespace weft::threading {
namespace {

constinit std::atomic<std::size_t> chosen_stack_size{0};

// By the thread itself and by whoever started it: one of them is first.
void starts(Thread::Body& body) noexcept {
  Thread::Body::State starting = Thread::Body::Starting;
  body.state.compare_exchange_strong(starting, Thread::Body::Started, std::memory_order_acq_rel);
}

void* run(void* argument) {
  BodyPtr body = static_cast<Thread::Body*>(argument)->shared_from_this();
  starts(*body);
  wait::Waiter& waiter = wait::self();
  waiter.set_daemon(body->daemon.load(std::memory_order_relaxed));
  set_current(body.get());
  threads().introduce(*body, waiter);
  sync::set_event<wait::InProcess>(body->begun);
  try {
    TargetRuns runs;
    body->target();
  } catch (abi::__forced_unwind&) {  // pthread_exit, pthread_cancel
    throw;
  } catch (...) {
    report_exception(body);
  }
  wait::Hub::finish();
  // What the target holds goes here, in its own thread, and not with the last handle.
  body->target = {};
  return nullptr;
}

// What the kernel says of a thread: the letter after the name in /proc.
char kernel_state(int native_id) noexcept {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/stat", native_id);
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return 'X';
  char line[256];
  std::size_t length = std::fread(line, 1, sizeof line - 1, file);
  std::fclose(file);
  line[length] = 0;
  const char* end = nullptr;
  for (const char* c = line; *c != 0; ++c) {
    if (*c == ')') end = c;
  }
  return end != nullptr && end[1] != 0 ? end[2] : 'X';
}

}  // namespace

Runnable::~Runnable() = default;

Thread::Thread(Packed packed, ThreadOptions options) : body_(std::make_shared<Body>()) {
  body_->target = std::move(packed.call);
  body_->stop = std::move(packed.stop);
  body_->what = packed.what;
  body_->function = packed.function;
  body_->name = std::move(options.name);
  if (body_->name.empty()) body_->number = threads().next_number();
  body_->stack_size = options.stack_size;
  bool daemon = options.daemon.has_value() ? *options.daemon : threads().current_is_daemon();
  body_->daemon.store(daemon, std::memory_order_relaxed);
}

Thread::Body& Thread::body() const {
  if (body_ == nullptr) throw RuntimeError("thread.__init__() not called");
  return *body_;
}

void Thread::start() {
  Body& b = body();
  auto refuse = [] { throw RuntimeError("threads can only be started once"); };
  if (b.state.load(std::memory_order_relaxed) != Body::New) refuse();
  threads().reap_all();

  std::size_t size = b.stack_size != 0 ? b.stack_size : stack_size();
  if (size == 0) size = os::default_stack_size();
  constexpr std::size_t Plenty = 1024 * 1024;  // the macro asks the system each time
  if (size < Plenty) size = std::max<std::size_t>(size, PTHREAD_STACK_MIN);
  os::Stack stack;
  bool fresh = true;
  try {
    stack = os::take_stack(size);
    fresh = threads().begin(body_);
    if (fresh) {
      b.stack = stack;
      pthread_attr_t attributes;
      ::pthread_attr_init(&attributes);
      ::pthread_attr_setstack(&attributes, stack.base, stack.size);
      int error = ::pthread_create(&b.thread, &attributes, run, &b);
      ::pthread_attr_destroy(&attributes);
      if (error == 0) return starts(b);
      threads().take_back(b);
    }
  } catch (const std::bad_alloc&) {
  }
  if (stack.base != nullptr) os::give_back_stack(stack);
  if (!fresh) refuse();
  throw RuntimeError("can't start new thread");
}

bool Thread::join(const Timeout& timeout) const { return join_by(&timeout) || wait::in_vain(); }

bool Thread::join_by(const Timeout* timeout) const {
  Body& b = body();
  const wait::Deadline deadline = timeout != nullptr ? wait::Deadline(*timeout) : wait::Deadline::until_done();
  const wait::Reason reason{"Thread", &b};
  // One look at a time: it may be started, and even refused again, between two.
  for (;;) {
    int state = b.state.load(std::memory_order_acquire);
    if (state == Body::New) throw RuntimeError("cannot join thread before it is started");
    if (state != Body::Starting) break;
    if (!sync::wait_event<wait::InProcess>(b.begun, deadline, reason)) return wait::in_vain();
  }
  if (threads().is_dummy(b)) throw RuntimeError("cannot join a dummy thread");
  if (threads().is_current(b)) throw RuntimeError("cannot join current thread");
  // The end of the thread wakes whoever waits for it in the kernel anyway: one
  // sleep instead of two. Those with a timeout, those with green threads to run
  // meanwhile, and whoever comes second, wait for the word, which is set when all
  // thread_locals are gone.
  if (!wait::self().has_company() && deadline.is_never()) {
    wait::InKernel asleep(reason, {});
    if (threads().reap(b)) return true;
  }
  if (!sync::wait_event<wait::InProcess>(b.ended, deadline, reason)) return false;
  threads().reap(b);
  return true;
}

bool Thread::is_alive() const { return body().state.load(std::memory_order_acquire) == Body::Started; }

std::string Thread::name() const { return threads().name(body()); }
void Thread::set_name(std::string name) { threads().set_name(body(), std::move(name)); }

bool Thread::daemon() const { return body().daemon.load(std::memory_order_relaxed); }

void Thread::set_daemon(bool daemon) {
  if (body().state.load(std::memory_order_acquire) != Body::New) {
    throw RuntimeError("cannot set daemon status of active thread");
  }
  body().daemon.store(daemon, std::memory_order_relaxed);
}

std::optional<std::uint64_t> Thread::ident() const {
  if (!native_id().has_value()) return {};
  return static_cast<std::uint64_t>(body().thread);
}

std::optional<int> Thread::native_id() const {
  Body& b = body();
  if (b.state.load(std::memory_order_acquire) == Body::New) return {};
  // Soon over, and nothing that could be told half of it: not even a kill ends it.
  sync::wait_event<wait::InProcess>(b.begun, wait::Deadline::until_done(), {"Thread", &b});
  int id = b.native_id.load(std::memory_order_acquire);
  if (id == 0) return {};  // could not be started
  return id;
}

ThreadStatus Thread::status() const {
  Body& b = body();
  ThreadStatus status;
  switch (b.state.load(std::memory_order_acquire)) {
    case Body::New:
      status.state = ThreadState::New;
      return status;
    case Body::Ended:
      status.state = ThreadState::Dead;
      return status;
    case Body::Starting:
    case Body::Started:
      break;
  }
  if (threads().is_current(b)) {
    status.state = ThreadState::Running;
    return status;
  }
  int id = b.native_id.load(std::memory_order_acquire);
  for (const wait::Sight& seen : wait::everybody()) {
    if (seen.native_id != id || seen.green || seen.kind.empty()) continue;
    status.state = ThreadState::Waiting;
    status.waiting_for = seen.kind;
    status.object = seen.object;
    status.object_name = seen.object_name;
    status.since = static_cast<double>(os::now() - seen.since) / 1e9;
    if (wait::Waiter* owner = wait::find(seen.owner)) status.held_by = owner->shown_name().data();
    return status;
  }
  char state = id != 0 ? kernel_state(id) : 'R';
  status.state = state == 'S' || state == 'D' ? ThreadState::Waiting : ThreadState::Runnable;
  return status;
}

bool Thread::request_stop() { return body().stop.request_stop(); }
std::stop_token Thread::stop_token() const { return body().stop.get_token(); }

Thread current_thread() { return Thread(threads().current()); }
Thread main_thread() { return Thread(threads().main()); }

std::vector<Thread> enumerate() {
  threads().main();
  std::vector<Thread> all;
  for (BodyPtr& body : threads().alive()) all.emplace_back(std::move(body));
  return all;
}

int active_count() { return static_cast<int>(enumerate().size()); }

std::uint64_t get_ident() noexcept { return static_cast<std::uint64_t>(::pthread_self()); }
int get_native_id() noexcept { return os::native_id(); }

std::size_t stack_size() noexcept { return chosen_stack_size.load(std::memory_order_relaxed); }

std::size_t stack_size(std::size_t size) {
  if (size > std::numeric_limits<std::size_t>::max() / 2) throw ValueError("size must be 0 or a positive value");
  if (size != 0 && size < 32 * 1024) {
    throw ValueError("size not valid: " + std::to_string(size) + " bytes");
  }
  return chosen_stack_size.exchange(size, std::memory_order_relaxed);
}

}  // namespace weft::threading
