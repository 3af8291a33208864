// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "threading/workers.hpp"

#include <utility>

#include "wait/deadline.hpp"
#include "wait/waiter.hpp"
#include "weft/errors.hpp"

namespace weft::threading {
namespace {

constinit Lock exit_lock;
constinit ThreadWorkers* first = nullptr;  // of those that finish at exit
constinit std::atomic<bool> exiting{false};

// Daemons do not come back then from what they wait for.
bool main_has_ended() noexcept { return wait::door_closed.load(std::memory_order_acquire); }

}  // namespace

std::shared_ptr<ThreadWorkers> ThreadWorkers::make(ThreadWorkersOptions options) {
  return std::make_shared<ThreadWorkers>(std::move(options));
}

ThreadWorkers::ThreadWorkers(ThreadWorkersOptions options)
    : work::Scheduler(options.workers), options_(std::move(options)) {
  if (!options_.finish_at_exit) return;
  detail::Held held(exit_lock);
  next_ = std::exchange(first, this);
  if (next_ != nullptr) next_->before_ = this;
}

ThreadWorkers::~ThreadWorkers() {
  if (!options_.finish_at_exit) return;
  detail::Held held(exit_lock);
  (before_ == nullptr ? first : before_->next_) = next_;
  if (next_ != nullptr) next_->before_ = before_;
}

void ThreadWorkers::refuse() const {
  if (broken()) std::rethrow_exception(detail::broken_pool());
  if (options_.refuse != nullptr) options_.refuse();
  if (exiting.load(std::memory_order_acquire)) {
    throw RuntimeError("cannot schedule new futures after interpreter shutdown");
  }
  throw RuntimeError("cannot schedule new futures after shutdown");
}

void ThreadWorkers::hire(std::uint32_t number) {
  Thread thread(
      [self = shared_from_this(), number] {
        if (self->prepare()) {
          self->serve(number);
        } else {
          self->leave(number);
        }
      },
      {.name = options_.prefix + "_" + std::to_string(number), .daemon = options_.daemon && !main_has_ended()});
  detail::Held held(lock_);
  std::erase_if(threads_, [](const Thread& one) { return !one.is_alive(); });
  threads_.reserve(threads_.size() + 1);  // once it is started, nothing may throw
  thread.start();
  threads_.push_back(std::move(thread));
}

// Runs the initializer; if that fails, nobody runs anything any more.
bool ThreadWorkers::prepare() noexcept {
  if (!options_.initializer || broken()) return !broken();
  try {
    options_.initializer();
    return true;
  } catch (...) {
    detail::report_unheard("Exception in initializer", std::current_exception());
  }
  broken_.store(true, std::memory_order_release);
  close(false);
  cancel_pending(detail::broken_pool);
  return false;
}

void ThreadWorkers::join() {
  if (detail::workers_here == this) throw RuntimeError("cannot join current thread");  // also of a guest
  const Timeout never;
  if (!join_by(&never)) wait::in_vain();
}

// A worker may be the one who lets go of it, with the last task or on its way out.
void ThreadWorkers::join_at_last() {
  auto is_this = [](const Thread& thread) { return thread.native_id() == current_thread().native_id(); };
  if (detail::workers_here != this && std::ranges::none_of(alive(), is_this)) join_by(nullptr);
}

// As Thread::join_by().
bool ThreadWorkers::join_by(const Timeout* timeout) {
  // One of them may have begun another, for work that came before the end.
  for (std::vector<Thread> some = threads();; some = alive()) {
    if (main_has_ended()) std::erase_if(some, [](const Thread& thread) { return thread.daemon(); });
    if (some.empty()) return true;
    for (const Thread& thread : some) {
      if (!thread.join_by(timeout)) return false;
    }
  }
}

std::vector<Thread> ThreadWorkers::alive() const {
  std::vector<Thread> threads = this->threads();
  std::erase_if(threads, [](const Thread& thread) { return !thread.is_alive(); });
  return threads;
}

std::vector<Thread> ThreadWorkers::threads() const {
  detail::Held held(lock_);
  return threads_;
}

void close_workers_at_exit() noexcept {
  exiting.store(true, std::memory_order_release);
  // Each is kept, and closed without the lock: what that ends may let go of others.
  auto after = [](const ThreadWorkers* last) {
    detail::Held held(exit_lock);
    std::shared_ptr<ThreadWorkers> kept;
    for (ThreadWorkers* one = last != nullptr ? last->next_ : first; one != nullptr && !kept; one = one->next_) {
      kept = one->weak_from_this().lock();
    }
    return kept;
  };
  for (std::shared_ptr<ThreadWorkers> one = after(nullptr); one; one = after(one.get())) one->close();
}

}  // namespace weft::threading
