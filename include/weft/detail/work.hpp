// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <typeinfo>
#include <utility>

#include "weft/detail/api.hpp"
#include "weft/detail/origins.hpp"
#include "weft/detail/recycled.hpp"
#include "weft/detail/self.hpp"
#include "weft/timeout.hpp"

namespace weft::detail {

class Work;

/// The word in which a Work says how far it is, over any atomics: the same text
/// for the real one and the model.
///
///     Pending -> Running -> Finished
///        \-> Cancelled -> Notified        (a cancelled task goes there at once)
///
/// Who takes it out of Pending runs it or has cancelled it, and nobody else
/// does: so it is completed once. Setting is for a Promise, which has no owner
/// by nature: who raises it sets the result.
struct WorkWord {
  static constexpr std::uint32_t Pending = 0, Running = 1, Cancelled = 2, Notified = 3, Finished = 4;
  static constexpr std::uint32_t Asleep = 8;    // somebody may sleep on the word
  static constexpr std::uint32_t Heard = 16;    // somebody wants to be told: there is a list
  static constexpr std::uint32_t Setting = 32;  // the result is being set
  static constexpr std::uint32_t Read = 64;     // a failure was looked at
  // From the beginning: a Promise wants to know when it is cancelled.
  static constexpr std::uint32_t Promised = 128;

  static constexpr std::uint32_t phase(std::uint32_t word) noexcept { return word & 7; }
  /// Somebody may take part in it: it runs, and is not being completed from outside.
  static constexpr bool runs(std::uint32_t word) noexcept { return (word & (7 | Setting)) == Running; }
  static constexpr bool done(std::uint32_t word) noexcept { return phase(word) >= Cancelled; }
  /// Done, and whoever was to run it knows: what wait() and as_completed() go by.
  static constexpr bool settled(std::uint32_t word) noexcept { return phase(word) >= Notified; }

  /// From Pending to `next`; false if it was not pending.
  template <class Atomic>
  static bool leave_pending(Atomic& word, std::uint32_t next) noexcept {
    std::uint32_t found = word.load(std::memory_order_relaxed);
    while (phase(found) == Pending && (found & Setting) == 0) {
      if (word.compare_exchange_weak(found, found | next, std::memory_order_acq_rel, std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  /// From Cancelled to Notified: what it is then, or 0 if it was not cancelled.
  template <class Atomic>
  static std::uint32_t notify(Atomic& word) noexcept {
    std::uint32_t found = word.load(std::memory_order_acquire);
    while (phase(found) == Cancelled) {
      const std::uint32_t notified = (found & ~std::uint32_t{7}) | Notified;
      if (word.compare_exchange_weak(found, notified, std::memory_order_acq_rel, std::memory_order_acquire)) {
        return notified;
      }
    }
    return 0;
  }

  /// Raises Setting; false if the result was set, is being set, or will never be.
  template <class Atomic>
  static bool begin_setting(Atomic& word) noexcept {
    std::uint32_t found = word.load(std::memory_order_relaxed);
    while (phase(found) <= Running && (found & Setting) == 0) {
      if (word.compare_exchange_weak(found, found | Setting, std::memory_order_acquire, std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  /// Whoever owns it has stored the result. Returns what was there: with Asleep
  /// or Heard there is somebody to tell.
  template <class Atomic>
  static std::uint32_t finish(Atomic& word) noexcept {
    return word.exchange(Finished, std::memory_order_release);
  }
};

/// Somebody who wants to be told when a Work is done, in its list. Whoever
/// makes it sees to it that it is destroyed, in `tell` or later. That is called once, in the thread that completes
/// the work, and which may return another work that is done thereby and whose
/// list is to be told (with one reference, which goes with it).
struct Listener {
  using Tell = Work* (*)(Listener& self, Work& work);

  Listener(Tell t, bool only_settled) noexcept : tell(t), settled(only_settled) {}

  Tell tell;
  bool settled;  // told when it is settled; the others when it is done
  Listener* before = nullptr;
  Listener* next = nullptr;
};

/// Those who want to be told of one Work, in the order in which they came; over
/// any atomics, as its word is (work/listeners.hpp).
template <class Atomic>
class Listeners {
 public:
  /// False: it has happened already, and who asks is to tell.
  template <class Place>
  bool enter(Listener& listener, Atomic& word) noexcept;

  /// Takes one back; false if it was not entered, or was taken.
  template <class Place>
  bool leave(Listener& listener) noexcept;

  /// All of them, or those that need not wait until it is settled.
  template <class Place>
  Listener* take(bool settled) noexcept;

 private:
  void unlink(Listener& listener) noexcept;

  Listener* first_ = nullptr;
  Listener* last_ = nullptr;
  Atomic lock_{0};
};

/// Who runs work: threads, and later processes, green threads and remote hosts.
/// Whatever is common to pools is written over this.
class WEFT_API Workers {
 public:
  /// Takes over one reference and sees to it that the work is completed. False,
  /// and nothing taken, once they are closed. A higher priority comes first. The
  /// caller holds another reference. If it throws, there is nobody to run the work
  /// and nobody will, and that reference is not taken either; what others have put
  /// meanwhile fails with the same.
  virtual bool put(Work& work, int priority) = 0;

  /// Called by a waiter that is one of these workers and has taken `work`, which
  /// is theirs, out of Pending: performs it at once.
  virtual void run_here(Work& work) = 0;

  /// Throws what it means that put() returned false.
  [[noreturn]] virtual void refuse() const = 0;

  /// put() for who has just made the work, with a reference for them. Throws, with that
  /// reference dropped and the work cancelled, if they do not take it.
  void hand_over(Work& work, int priority);

  /// How many there are at most.
  virtual int size() const noexcept = 0;

  /// Asks what runs to end early, where it has a place to look at this.
  void request_stop() noexcept { stop_requested_.store(true, std::memory_order_relaxed); }
  bool stop_requested() const noexcept { return stop_requested_.load(std::memory_order_relaxed); }

 protected:
  ~Workers() = default;

 private:
  std::atomic<bool> stop_requested_{false};
};

/// Those whose thread this is; null in all other threads. What is pending with
/// them may be run here.
extern WEFT_API constinit thread_local Workers* workers_here [[gnu::tls_model("initial-exec")]];

/// What is to be run, and what has come of it: one record, counted by those who
/// hold it (the queue that it waits in, each Future). Completed exactly once: by
/// its result, its exception, or by being cancelled.
class WEFT_API Work : public Recycled {
 public:
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  void hold() noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }
  void drop() noexcept {
    // acquire, in both: who destroys it sees what the others did with it.
    if (holders_.load(std::memory_order_acquire) == 1 || holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete this;
    }
  }
  bool is_held_once() const noexcept { return holders_.load(std::memory_order_acquire) == 1; }

  std::uint32_t word() const noexcept { return word_.load(std::memory_order_acquire); }
  bool done() const noexcept { return WorkWord::done(word()); }

  /// Runs it, or takes part in it if it runs already and has something left.
  void run() {
    if (WorkWord::leave_pending(word_, WorkWord::Running)) {
      perform();
    } else if (WorkWord::runs(word())) {
      take_part();
    }
  }

  /// The same for one who has taken it out of Pending.
  void perform_started() { perform(); }

  /// As Future.cancel(): true if it is cancelled now. One of a Promise stays to be
  /// notified, by start_or_notify().
  bool cancel();

  /// Fails without having run; false if it is not pending any more.
  bool give_up(const std::exception_ptr& failure);

  /// As Future.set_running_or_notify_cancel().
  bool start_or_notify();

  /// Waits until it is done; false at the deadline. In a worker of its own, and
  /// if there is no deadline, whoever waits runs it if nobody has started it.
  bool wait(const Timeout& timeout);
  /// The same for as long as it takes, also in a green thread that is killed
  /// meanwhile: for what must not be left before.
  void wait_until_done();

  /// Runs it, or takes part in it, if this is a worker of its own; or whatever it is made
  /// of, each under the same terms: true if it is done now.
  bool run_if_here();

  /// What it failed with, or null. Only when it is finished. Counts as read.
  std::exception_ptr failure() noexcept;
  bool failed() const noexcept { return failure_ != nullptr; }
  bool failed_with(const std::exception_ptr& failure) const noexcept { return failed() && failure_ == failure; }
  [[noreturn]] void rethrow();

  /// Tells `listener` when it is done, or at once. Takes it over.
  void tell(Listener& listener);
  /// Takes a listener back that was not told; false if it was, or is being told.
  bool forget(Listener& listener) noexcept;

  Workers* home() const noexcept { return home_; }
  void set_home(Workers* home) noexcept { home_ = home; }
  /// Workers complete it, by themselves or with one that it follows.
  bool is_of_workers() const noexcept { return home_ != nullptr || follows_; }
  /// This will be done with `other`, and not before: it is left behind with that one.
  void follow(const Work& other) noexcept {
    follows_ = other.is_of_workers();
    generation_ = other.generation_;
  }
  /// Whoever was to complete it is in the parent of a fork(), and not here.
  bool left_behind() const noexcept { return is_of_workers() && generation_ != fork_generation && !done(); }
  [[noreturn]] static void throw_left_behind();

  /// "<Future at 0x... state=finished returned int>"
  std::string describe() const;

  /// For a Promise: throws InvalidStateError unless the result may be set, and is by
  /// nobody else.
  void begin_setting();
  void fail(std::exception_ptr failure) noexcept { failure_ = std::move(failure); }
  /// As cancel(), within Listener::tell: what it returns is for tell() to return.
  Work* cancel_later() noexcept;
  /// The result, or the failure, is stored: lets everybody know.
  void finish() noexcept {
    std::uint32_t found = WorkWord::finish(word_);
    if ((found & (WorkWord::Asleep | WorkWord::Heard)) != 0) finish_slow(found);
  }
  /// The same within Listener::tell.
  Work* finish_later() noexcept;
  bool start() noexcept { return WorkWord::leave_pending(word_, WorkWord::Running); }

 protected:
  explicit Work(std::uint32_t holders) noexcept : holders_(holders), generation_(fork_generation) {}
  virtual ~Work();

  /// Calls what is to be called and completes. Only whoever took it out of Pending.
  virtual void perform() = 0;
  /// It runs, elsewhere: does what of it is left to do.
  virtual void take_part() {}
  /// It will not be called: destroys what was to be called.
  virtual void forget_target() noexcept = 0;
  virtual const std::type_info& type() const noexcept = 0;
  /// What it is made of, if nobody runs it.
  virtual Origins* origins() noexcept { return nullptr; }

  std::atomic<std::uint32_t>& word_here() noexcept { return word_; }

 private:
  friend class Chain;

  bool done_without_waiting(bool run_it);  // run_it: if nobody has begun it
  bool run_origins_here();
  void finish_slow(std::uint32_t found) noexcept;
  Work* later(std::uint32_t found) noexcept;
  Listener* take_listeners() noexcept;

  std::atomic<std::uint32_t> word_{WorkWord::Pending};
  std::atomic<std::uint32_t> holders_;
  Workers* home_ = nullptr;
  std::exception_ptr failure_;
  Listeners<std::atomic<std::uint32_t>> listeners_;
  Work* next_ = nullptr;      // of those whose listeners are to be told
  std::uint32_t generation_;  // the fork generation in which it was made
  bool follows_ = false;      // one that workers run
};

/// What nobody else will hear of: an exception out of a callback, an initializer,
/// or a future that nobody read. `where` says which, "exception calling callback
/// for <Future ...>".
WEFT_API void report_unheard(const std::string& where, const std::exception_ptr& exception) noexcept;

// Of the room concurrent, which has the types.
[[noreturn]] WEFT_API void throw_cancelled();
[[noreturn]] WEFT_API void throw_timed_out();
[[noreturn]] WEFT_API void throw_invalid_state(const std::string& text);
[[noreturn]] WEFT_API void throw_broken(const std::string& text);
std::exception_ptr cancelled();    ///< what a map fails with that was ended early
std::exception_ptr broken_pool();  ///< what the tasks of an executor fail with whose initializer failed

}  // namespace weft::detail
