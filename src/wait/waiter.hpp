// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <poll.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "os/context.hpp"
#include "wait/kill.hpp"
#include "wait/place.hpp"
#include "wait/signal.hpp"
#include "weft/detail/self.hpp"

namespace weft::wait {

/// Text that one thread writes and others read at any moment, cut to what fits.
class Label {
 public:
  using Text = std::array<char, 48>;  ///< a zero at its end; for signal handlers, too

  void set(std::string_view text) noexcept;
  Text text() const noexcept;  ///< whole or empty while it is being written
  std::string get() const { return text().data(); }

 private:
  std::atomic<std::uint32_t> version_{0};  // odd while being written
  std::array<std::atomic<std::uint64_t>, sizeof(Text) / 8> words_{};
};

class Hub;
class Waiter;

/// Where somebody stands in the lot, in one wait at a time: what it waits for, and
/// who comes after it. Lives with its waiter: whoever wakes it touches both.
struct Parking {
  // Queued -> Taken under the bucket's lock, Taken -> Woken after it; and from Queued
  // to Woken, under the lock, for one who leaves. Once Woken, the next wait may begin:
  // the waker does not touch it again.
  enum State : std::uint8_t { Queued, Taken, Woken };

  std::atomic<State> state{Woken};
  const std::atomic<std::uint32_t>* word = nullptr;
  Waiter* next = nullptr;
};

/// What somebody is seen to wait for.
struct Sight {
  std::uint32_t id = 0;
  std::string name;
  int native_id = 0;
  bool green = false;
  std::string kind;  ///< "Lock"; empty: not waiting
  const void* object = nullptr;
  std::string object_name;
  std::uint32_t owner = 0;  ///< who held the lock when the wait began; 0: nobody, or not a lock
  std::int64_t since = 0;   ///< os::now() when the wait began
  std::int64_t deadline = os::Never;
};

/// After close_door().
extern constinit std::atomic<bool> door_closed;

/// Who waits: an OS thread, or a green thread. Told apart here, and nowhere
/// above. Waiters are never destroyed, only used again: a late rouse() finds
/// somebody who looks, sees nothing, and goes on waiting.
class alignas(64) Waiter {
 public:
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Returns after rouse(), at the deadline, or early; forgets the rouse().
  virtual void rest(std::int64_t deadline) noexcept = 0;
  /// The same while `word`, in shared memory, holds `expected`. Returns 0 if a
  /// wake of the word was used up, else an errno as os::futex_wait has it.
  virtual int rest_on(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                      std::int64_t deadline) noexcept = 0;
  /// The same until a descriptor is ready. Returns how many are, or minus errno.
  virtual int rest_on(std::span<pollfd> descriptors, std::int64_t deadline) noexcept = 0;
  /// Ends the rest() that is running, or the next one. From any thread.
  void rouse() noexcept {
    const auto rested = signal_.rouse();
    if (rested == signal_.Asleep) {
      os::futex_wake(signal_.word(), 1, os::Scope::Private);
    } else if (rested > signal_.Asleep) {
      rouse_from(rested);
    }
  }
  /// A pause before sleeping; false: sleep now.
  virtual bool spin(unsigned round, Coming coming) noexcept = 0;

  /// Ends the wait that is under way, or else the next one, with Interrupted.
  /// One wait, that is: who takes a lock again on its way out can.
  void interrupt() noexcept;
  bool interrupted() const noexcept { return interrupted_.load(std::memory_order_acquire); }
  void take_interrupt() noexcept { interrupted_.store(false, std::memory_order_relaxed); }

  /// From the door's closing on, this waiter does not come back from a wait.
  void set_daemon(bool daemon) noexcept { daemon_.store(daemon, std::memory_order_relaxed); }
  bool daemon() const noexcept { return daemon_.load(std::memory_order_relaxed); }

  /// Does not return for a daemon once the door is closed: main() has ended,
  /// and what it would go on to use is being destroyed.
  void pass_door() const noexcept {
    if (is_turned_away()) stay_outside();
  }
  /// pass_door() would not return.
  bool is_turned_away() const noexcept { return daemon() && door_closed.load(std::memory_order_acquire); }

  std::uint32_t id() const noexcept { return id_.load(std::memory_order_relaxed); }
  void set_id(std::uint32_t id) noexcept { id_.store(id, std::memory_order_relaxed); }  ///< for the roll
  bool green() const noexcept { return green_; }
  int native_id() const noexcept { return native_id_.load(std::memory_order_relaxed); }
  void set_native_id(int id) noexcept { native_id_.store(id, std::memory_order_relaxed); }
  Label::Text shown_name() const noexcept;  ///< its name, or what one without is called

  void lose_locals();  ///< also those that are made while others are dropped

  void waits(const Reason& reason, const Deadline& deadline) noexcept;
  void goes_on() noexcept { kind_.store(nullptr, std::memory_order_release); }
  Sight seen() const;

  /// How many have been this waiter by now. Ids come again, this does not.
  std::uint64_t life() const noexcept { return life_.load(std::memory_order_relaxed); }
  void begin_life() noexcept { life_.store(life() + 1, std::memory_order_release); }

  /// Asks the one whose life this is to end: from now on its waits end with
  /// Interrupted, until raise_pending() has thrown `raise(argument)`, as set by
  /// whoever made it. From any thread; does nothing if that one has ended.
  void kill(std::uint64_t life) noexcept;
  bool asked_to_end() const noexcept { return kill_.asked(life()); }
  bool killed() const noexcept { return asked_to_end() && may_be_thrown_at(); }
  void raise_pending();

  /// Whether the wait that is under way may be ended by interrupt() or kill().
  bool called_off(const Deadline& deadline) const noexcept {
    return !deadline.is_until_done() && (interrupted() || killed() || deadline.stopped());
  }

  /// Asleep for as long as nobody rouses it, as far as can be seen, and how many
  /// waits it had begun by then.
  bool waits_for_others(std::uint32_t& waits) const noexcept;

  /// Ends what runs and loses its locals, for one who is about to end.
  void clean_up() noexcept;

  /// Brings near what the hub will read of it.
  void fetch() const noexcept {
    __builtin_prefetch(this);
    __builtin_prefetch(&own);
  }

  Hub* hub() const noexcept { return hub_; }
  void set_hub(Hub* hub) noexcept { hub_ = hub; }
  bool has_company() const noexcept;  ///< others on the same hub run while it rests

 protected:
  explicit Waiter(bool green) noexcept : green_(green) {}
  ~Waiter() = default;

  // rest() and rest_on() for those who run on a hub, or see to what its ended ones left.
  bool rests_in_hub() const noexcept;
  void rest_in_hub(std::int64_t deadline) noexcept;
  int rest_in_hub(const std::atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t deadline) noexcept;
  int rest_in_hub(std::span<pollfd> descriptors, std::int64_t deadline) noexcept;
  bool spin_in_hub(unsigned round) noexcept;

 private:
  void rouse_from(Signal<InProcess>::State rested) noexcept;
  [[noreturn]] static void stay_outside() noexcept;
  bool may_be_thrown_at() const noexcept;

  // The data, by lines of the cache. The first is what others touch who wake it.
 protected:
  Signal<InProcess> signal_;

 public:
  std::uint32_t timer_place = 0;  ///< for the hub's timers
  Parking parking;
  Waiter* next_arrived = nullptr;  ///< for the hub's inbox
  Waiter* next = nullptr;          ///< for the hub, of those who can run or are spare

 protected:
  Hub* hub_ = nullptr;

  // For a switch.
 public:
  /// Where it is: on a stack of its own, or on one that it lent itself to, as a
  /// generator's.
  os::Context* at = &own;
  os::Context own;
  void* running = nullptr;  ///< what runs on its stack; for the greenlet room

  // For a wait.
  void* locals = nullptr;  ///< what the threading room keeps for this waiter alone

 private:
  std::atomic<std::uint32_t> id_{0};
  std::atomic<std::uint32_t> waits_{0};  // counts the waits, so that seen() never mixes two
  std::atomic<const char*> kind_{nullptr};
  std::atomic<const void*> object_{nullptr};
  std::atomic<std::int64_t> since_{0};
  std::atomic<std::int64_t> deadline_{os::Never};
  std::atomic<std::uint32_t> owner_{0};
  std::atomic<bool> interrupted_{false};
  std::atomic<bool> daemon_{false};
  const bool green_;
  bool object_named_ = false;
  Kill<InProcess> kill_;
  std::atomic<std::uint64_t> life_{0};

  // The rest.
 public:
  void (*raise)(void* argument) = nullptr;
  void* argument = nullptr;
  void (*end_running)(Waiter& waiter) noexcept = nullptr;  ///< how `running` is ended when the waiter ends
  void (*drop_locals)(void*) = nullptr;                    ///< and `locals` are dropped
  Label name;

 private:
  Label object_name_;
  std::atomic<int> native_id_{0};
};

/// For a sleep that only the kernel can end (a descriptor, the end of a thread):
/// shows it to those who look, from construction to destruction.
class InKernel {
 public:
  InKernel(const Reason& reason, const Deadline& deadline) noexcept;
  ~InKernel();
  InKernel(const InKernel&) = delete;
  InKernel& operator=(const InKernel&) = delete;

 private:
  Waiter& me_;
};

/// The waiter that runs on this thread now; nullptr if it has never met weft.
extern constinit thread_local Waiter* current [[gnu::tls_model("initial-exec")]];

/// The same; a thread that comes for the first time is entered.
Waiter& enlist();
inline Waiter& self() { return current != nullptr ? *current : enlist(); }

/// Waits for the deadline, and for nothing else; false if it was interrupted.
bool sleep(const Deadline& deadline) noexcept;

/// "Greenlet-7": what a green thread is called that was not given a name.
Label::Text name_of_green(std::uint32_t id) noexcept;

/// From now on it is this one: for the hub.
inline void become(Waiter& waiter) noexcept {
  current = &waiter;
  weft::detail::self_id = waiter.id();
}

/// What a wait in vain owes its caller: throws what the caller was killed with,
/// if that is why it was in vain. Returns false.
inline bool in_vain() {
  if (self().asked_to_end()) self().raise_pending();
  return false;
}

/// Everybody that weft knows in this process, seen without stopping anybody.
std::vector<Sight> everybody();

/// The same as text, one line each, those who wait with what and since when.
std::string report();

/// Gives the OS thread with that kernel's number another name.
void rename(int native_id, std::string_view name) noexcept;

/// The waiter with that id, or nullptr: it has ended.
Waiter* find(std::uint32_t id) noexcept;

/// After this, daemons that come to wait, or that wait already, stay there.
void close_door() noexcept;

/// Moves the test's clock and lets everybody look at it.
void move_clock(std::int64_t nanoseconds);

}  // namespace weft::wait
