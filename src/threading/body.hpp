// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <pthread.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "os/mutex.hpp"
#include "os/stack.hpp"
#include "weft/threading/thread.hpp"

namespace weft::wait {

class Waiter;

}  // namespace weft::wait

namespace weft::threading {

/// What a Thread stands for. Kept alive by its handles, by itself while it runs,
/// and by the list of those to be reaped after that.
struct Thread::Body : std::enable_shared_from_this<Thread::Body> {
  // Starting: somebody is in start(), and there is no thread to join yet.
  enum State : std::uint32_t { New, Starting, Started, Ended };

  // Not changed any more once it has started.
  detail::Callable target;
  std::stop_source stop{std::nostopstate};
  const char* what = nullptr;  // how the compiler calls the target
  const void* function = nullptr;
  int number = 0;  // the N of Thread-N
  std::size_t stack_size = 0;
  bool foreign = false;  // not started by weft
  pthread_t thread{};
  os::Stack stack;

  std::atomic<State> state{New};
  std::atomic<bool> daemon{false};
  std::atomic<int> native_id{0};
  std::atomic<std::uint32_t> begun{0};  // an event's word: native_id is there
  std::atomic<std::uint32_t> ended{0};  // an event's word
  std::atomic<bool> reaped{false};      // whoever sets it calls pthread_join

  // Guarded by Threads' mutex.
  std::string name;            // empty: not asked for yet
  std::size_t place = 0;       // in its list
  std::shared_ptr<Body> self;  // while it runs
};

using BodyPtr = std::shared_ptr<Thread::Body>;

/// All threads of the process that the threading room knows.
class Threads {
 public:
  bool begin(const BodyPtr& body);              ///< New -> Starting, enters those alive; false if it is not New
  void take_back(Thread::Body& body) noexcept;  ///< leaves them, never having run, and is New again
  void end(Thread::Body& body) noexcept;        ///< leaves them, to be reaped

  /// Waits until the thread is gone, and gives back its stack. The first to call
  /// this for a thread does it; false for the others.
  bool reap(Thread::Body& body) noexcept;
  /// The same for all that have ended and that nobody has joined.
  void reap_all() noexcept;

  std::vector<BodyPtr> alive() const;
  BodyPtr current();
  BodyPtr main();
  bool is_current(const Thread::Body& body) const noexcept;
  bool is_dummy(const Thread::Body& body) const noexcept;  ///< neither weft's nor the main thread
  bool current_is_daemon() const noexcept;

  std::string name(const Thread::Body& body) const;
  std::string given_name(const Thread::Body& body) const;  ///< empty if it was not given one
  void set_name(Thread::Body& body, std::string name);
  void introduce(Thread::Body& body, wait::Waiter& waiter);  ///< in its own thread, first of all: number and name

  int next_number() noexcept { return numbers_.fetch_add(1, std::memory_order_relaxed) + 1; }

  void loaded() noexcept;     ///< before main(); if the library is loaded later, by any thread
  void main_ends() noexcept;  ///< if the caller is the main thread: whoever joins it goes on

 private:
  static void prepare() noexcept;
  static void parent() noexcept;
  static void child() noexcept;

  BodyPtr adopt(const char* name, int number);
  void enter(BodyPtr body);

  mutable os::Mutex mutex_;
  std::vector<BodyPtr> alive_;
  std::vector<BodyPtr> unreaped_;
  std::atomic<std::size_t> to_reap_{0};  // unreaped_.size(); who has no lock and sees it late leaves them to the next
  std::vector<BodyPtr> left_behind_;     // in the child of a fork(): what they hold may be half done, so it stays
  BodyPtr main_;
  pthread_t main_thread_{};         // not known until it comes by, if another thread has loaded the library
  bool main_thread_forks_ = false;  // between prepare() and child()
  std::atomic<int> numbers_{0};
  std::atomic<int> dummies_{0};
};

Threads& threads() noexcept;

/// Whether the caller is the thread that runs main(), or the only one of a
/// child of fork(): the one whose number is that of the process.
bool in_main_thread() noexcept;

/// "Thread-3 (download)": the name of a thread that was not given one.
std::string default_name(const Thread::Body& body);

/// Runs when a thread ends, after its thread_locals are gone.
void set_current(Thread::Body* body) noexcept;

/// Calls the excepthook with the exception being handled.
void report_exception(const BodyPtr& body) noexcept;

/// While one lives, its thread runs its target: an exit() called there waits for
/// the other threads as one in main() does.
class TargetRuns {
 public:
  TargetRuns() noexcept;
  ~TargetRuns();
  TargetRuns(const TargetRuns&) = delete;
  TargetRuns& operator=(const TargetRuns&) = delete;
};

/// Waits for all threads that are not daemons, then closes the door to daemons.
void shut_down() noexcept;

}  // namespace weft::threading
