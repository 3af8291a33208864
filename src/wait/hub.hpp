// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <poll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "os/bell.hpp"
#include "os/stack_pool.hpp"
#include "wait/inbox.hpp"
#include "wait/thread_waiter.hpp"
#include "wait/timers.hpp"
#include "wait/waiter.hpp"

namespace weft::wait {

class GreenWaiter;

/// What a green thread is to do.
struct GreenTask {
  void (*run)(void* argument) noexcept;
  void (*raise)(void* argument);  ///< throws what it was killed with
  void* argument;
  std::size_t stack_size = 0;  ///< in bytes; 0: DefaultStackSize
  std::string_view name = {};
};

/// What runs the green threads of one OS thread, and that thread's own flow
/// beside them: whoever has to wait goes on with the next one that can run.
///
/// There is no stack of the hub's own. Who rests takes the next one from the run
/// queue and switches to it; if there is none, it looks into the inbox, at the
/// timers, at shared words and descriptors, and sleeps until one of these has
/// something. inbox.hpp tells how a wake from another thread finds it.
///
/// Hubs are never destroyed, as waiters are not: who comes late to wake somebody
/// finds a hub, of another thread perhaps.
class Hub {
 public:
  static constexpr std::size_t DefaultStackSize = 64 * 1024;

  /// This thread's, or nullptr if it never had green threads.
  static Hub* find() noexcept { return here_; }
  /// This thread's, made if need be.
  static Hub& here();

  /// A green thread that runs when its turn comes. Returns its waiter.
  Waiter& spawn(const GreenTask& task);

  /// Lets everybody run who can; then the caller goes on.
  void yield() noexcept;

  /// True while green threads live here, besides the thread's own flow.
  bool busy() const noexcept { return alive_ != 0; }
  /// True while it sees to it that memory of ended ones goes back to the system.
  bool has_to_tend() const noexcept { return stacks_->due() != os::Never; }
  bool has_others_to_run() const noexcept { return !run_.empty() || !inbox_.empty(); }

  /// For who has lain down as Parked...: leaves it until it is roused or the
  /// deadline comes.
  void park(Waiter& me, std::int64_t deadline) noexcept;
  bool park_on(Waiter& me, const std::atomic<std::uint32_t>& word, std::uint32_t expected,
               std::int64_t deadline) noexcept;  // true if a wake of the word was used up
  int park_on(Waiter& me, std::span<pollfd> descriptors, std::int64_t deadline) noexcept;
  bool has_room_for(std::size_t more) noexcept;  ///< descriptors, in that

  /// One that was Parked... can run again. From any thread.
  void arrive(Waiter& waiter) noexcept;

  /// Ends all green threads of this thread, which is about to end itself: each
  /// gets its GreenletExit and may clean up. Who waits on regardless stays there.
  static void finish() noexcept;

  /// How often it has switched, and to whom last; for those who look from
  /// outside. The same twice means that somebody holds it, or that it sleeps.
  std::uint32_t switches() const noexcept { return switches_.load(std::memory_order_relaxed); }
  Waiter* runs() const noexcept { return runs_.load(std::memory_order_acquire); }  ///< nullptr: it sleeps
  int native_id() const noexcept { return native_id_.load(std::memory_order_relaxed); }
  Hub* next_of_all = nullptr;
  static Hub* first_of_all() noexcept;

 private:
  struct Queue {
    void push(Waiter& waiter) noexcept {
      waiter.next = nullptr;
      (first == nullptr ? first : last->next) = &waiter;
      last = &waiter;
    }
    // If it is not empty. Where a hundred thousand take turns, nothing of the next
    // one is in a cache: its stack is fetched meanwhile, and whoever comes after it.
    // Not that of the last one: where two take turns it is there.
    Waiter& pop() noexcept {
      Waiter& waiter = *first;
      first = waiter.next;
      if (first != nullptr && first->next != nullptr) {
        first->at->fetch();
        first->next->fetch();
      }
      return waiter;
    }
    bool empty() const noexcept { return first == nullptr; }
    Waiter* first = nullptr;
    Waiter* last = nullptr;
  };

  // Somebody who waits for a word in shared memory, or for descriptors.
  struct OnWord {
    Waiter* who;
    const std::atomic<std::uint32_t>* word;
    std::uint32_t expected;
    bool woken;  // a wake of the word was used up for it
    OnWord* next;
  };
  struct OnDescriptors {
    Waiter* who;
    std::span<pollfd> descriptors;
    int ready;
    OnDescriptors* next;
  };

  GreenWaiter& make_waiter();
  static void run(void* green);
  [[noreturn]] void end(GreenWaiter& green) noexcept;
  Waiter& next() noexcept;
  Waiter& look_for_next() noexcept;
  void switch_to(Waiter& from, Waiter& to) noexcept;

  void look() noexcept;
  void take_arrived() noexcept;
  void sleep() noexcept;
  void sleep_on_words(std::int64_t until) noexcept;
  void poll(std::int64_t until) noexcept;
  void begin(ThreadWaiter& root) noexcept;
  void tell_of_deadlock();
  static void raise_deadlock(void* argument);

  static void watch_forks();
  static void forked() noexcept;

  static constinit thread_local Hub* here_ [[gnu::tls_model("initial-exec")]];

  Queue run_;
  std::uint32_t budget_ = 0;  // switches until the next look around
  std::atomic<std::uint32_t> switches_{0};
  std::atomic<Waiter*> runs_{nullptr};
  Timers timers_;
  OnWord* words_ = nullptr;
  OnDescriptors* polled_ = nullptr;
  std::size_t alive_ = 0;
  bool only_tends_ = false;       // the thread's own flow rests here for has_to_tend(), not for others
  ThreadWaiter* root_ = nullptr;  // nullptr: it stayed behind in a fork()
  GreenWaiter* spares_ = nullptr;
  GreenWaiter* unmade_ = nullptr;  // room for more
  GreenWaiter* unmade_end_ = nullptr;
  os::StackPool* stacks_ = nullptr;  // its thread's
  std::atomic<int> native_id_{0};
  int in_vain_ = 0;            // so many sleeps, at most four, have ended with nothing in the inbox
  std::int64_t patience_ = 0;  // how long it slept last with nothing to wait for but others
  std::string deadlock_;       // the report of the last one

  // Who is told of it: the thread's own flow, or in the child of a fork() the green
  // thread that called it; nullptr: that has ended.
  Waiter* first_ = nullptr;
  void (*raise_of_first_)(void*) = nullptr;

  std::optional<os::Bell> door_bell_;           // while polled_ is not empty
  std::vector<pollfd> asked_;                   // by poll(), with room for all and the bell
  std::size_t descriptors_ = 0;                 // of all who are polled_
  alignas(64) Inbox<Waiter, InProcess> inbox_;  // what other threads write
};

/// A green thread as one who waits.
class GreenWaiter final : public Waiter {
 public:
  explicit GreenWaiter(Hub& hub) noexcept : Waiter(true) { hub_ = &hub; }

  void rest(std::int64_t deadline) noexcept override { rest_in_hub(deadline); }
  int rest_on(const std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline) noexcept override {
    return rest_in_hub(word, expected, deadline);
  }
  int rest_on(std::span<pollfd> descriptors, std::int64_t deadline) noexcept override {
    return rest_in_hub(descriptors, deadline);
  }
  bool spin(unsigned round, Coming coming) noexcept override;

 private:
  friend class Hub;
  void (*run_)(void*) noexcept = nullptr;
  bool named_ = false;
};

}  // namespace weft::wait
