// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "os/cpu.hpp"
#include "wait/place.hpp"
#include "weft/detail/fork.hpp"
#include "work/idle.hpp"
#include "work/lock_guard.hpp"
#include "work/post.hpp"

namespace weft::work {

/// Who of those who run work is up, who lies idle, who is called and who leaves:
/// design/0013. What work there is, and how it is run, is the House's, which is
/// derived from this and has:
///
///   Post& post(number)            and void add_post(number), which makes it
///   bool has_work()               by sequentially consistent loads
///   bool has_tasks()              the same, forks left out
///   Found find(post)              takes something; false as a bool if there was nothing
///   Found find_kept_back(post)    the same, for who would lie down or leave otherwise: it costs the others time
///   void run(post, found)
///   void hand_back(post)          puts what waits in that post where the others look
///   void refuse_more()            from here on no work can be brought, but by those who run some
///   bool can_lend()               nobody needs the caller's thread while it sleeps
///   std::uint32_t cores()
///   os::Usage usage()         of the calling thread
///   std::uint32_t cpu()       that it runs on
///   void hire(number)             sees to it that somebody calls serve(), and leave() then; throws if nobody can
///   void give_up(failure)         completes all work that waits, with that
template <class Place, class House>
class Crew {
 public:
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// True once it takes no more work.
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

 protected:
  template <class T>
  using Atomic = typename Place::template Atomic<T>;
  using Seat = typename Idle<Place>::Seat;

  Crew() noexcept = default;
  ~Crew() = default;

  /// So many are wanted: more, or fewer.
  void resize(std::uint32_t wanted);

  /// Takes no more work. The workers leave when there is none left. Without `finish`
  /// nobody begins for work that was brought just before: it is for the caller to end.
  void close(bool finish) noexcept;

  /// What a worker does until it is to leave(), beginning with what its seat says.
  void serve(std::uint32_t number);
  void leave(std::uint32_t number) noexcept;

  /// Calls use(post) for a post whose worker sleeps, and will meanwhile. False, and
  /// nothing done, if none does, or others' work waits to be run first. `use`
  /// returns false if that worker is not there any more.
  template <class Use>
  bool lend(Use&& use);

  /// Work was brought, by a sequentially consistent read-modify-write: somebody
  /// will come for it. For forks alone, only if there is a core for him.
  /// False if no thread was to be had for him who was called.
  bool call(bool tasks = true);
  bool call_if_possible(bool tasks) noexcept;

  /// No thread was to be had for what was brought, and that is what is being handled:
  /// if there is none at all, whatever waits fails with it, as nobody would come.
  void give_up_if_alone() noexcept;

  /// Something was brought, and it may have been closed meanwhile: who has left may have
  /// looked before.
  void come_back_if_ending() noexcept {
    if (ending_.load(std::memory_order_seq_cst) && finish_.load(std::memory_order_relaxed)) [[unlikely]]
      bring_back();
  }

  /// A task begins at this post, and ends; between them, one of the parts of a task
  /// that is many in one has ended.
  void note_begin(Post<Place>& post) noexcept { post.signs.count(); }
  void note_part(Post<Place>& post) noexcept {
    if (!post.signs.task_runs()) return;  // it is a fork
    note_end(post);
    note_begin(post);
  }
  void note_end(Post<Place>& post) noexcept {
    post.signs.count();
    if (post.signs.any()) [[unlikely]]
      answer(post);
  }

  /// At posts from this one on nobody has ever worked, so nothing waits there. Of a
  /// hundred, a few are ever called on two cores. In the order of all sequentially
  /// consistent steps whoever works at a post comes after its count here.
  std::uint32_t reach() const noexcept { return reach_.load(std::memory_order_seq_cst); }

  /// For the child of a fork(), with the lock held: none of the others is there.
  void forget_all_but(const Post<Place>* me) noexcept;

  Idle<Place> idle_{find_seat, this};
  Atomic<std::uint32_t> reserve_{0};  // so many who lie idle are not called: there are no cores for them
  Atomic<bool> closed_{false};        // nobody is to bring work any more
  Atomic<bool> ending_{false};        // and only those can who run some: who finds none leaves
  Atomic<std::uint32_t> size_{0};     // workers wanted
  Atomic<std::uint32_t> made_{0};     // posts there are: size_, or more after a resize
  typename LockGuard<Place>::Word presence_lock_{0};  // held by whoever makes one present again

 private:
  static constexpr std::uint32_t Nobody = Idle<Place>::Nobody;

  House& house() noexcept { return static_cast<House&>(*this); }
  static Seat& find_seat(void* crew, std::uint32_t number) noexcept {
    return static_cast<Crew*>(crew)->house().post(number).seat;
  }

  bool in_the_way() noexcept;
  bool send(std::uint32_t number, std::uint32_t how);
  std::uint32_t take_hired() noexcept;
  void extend_reach(std::uint32_t number) noexcept;
  void tell_all() noexcept;
  void muster() noexcept;
  void bring_back() noexcept;

  bool surplus();
  void watch(Post<Place>& me) noexcept;
  void unwatch() noexcept;
  void tell_watcher() noexcept;
  void set_reserve() noexcept;
  void answer(Post<Place>& me) noexcept;
  void settle(Post<Place>& post) noexcept;

  Atomic<std::uint32_t> reach_{0};
  Atomic<std::uint32_t> hired_{0};
  Atomic<bool> finish_{true};  // what was accepted is done, also after close()
  Atomic<bool> watched_{false};
  Atomic<std::uint32_t> watcher_{Nobody};
  StandIns<Place> stand_ins_;
};

template <class Place, class House>
void Crew<Place, House>::resize(std::uint32_t wanted) {
  {
    LockGuard<Place> held(presence_lock_, "Pool");
    std::uint32_t made = made_.load(std::memory_order_relaxed);
    for (std::uint32_t n = made; n < wanted; ++n) {
      house().add_post(n);
      made_.store(n + 1, std::memory_order_release);
    }
    size_.store(wanted, std::memory_order_seq_cst);
    set_reserve();
    // Those too many see it when they are told; the others lie down again.
    if (wanted < made) tell_all();
    muster();
  }
  if (house().has_work()) call_if_possible(true);
}

// With the lock: those lie down who are wanted and not present, which is what
// tell_all() has made of those who have no thread.
template <class Place, class House>
void Crew<Place, House>::muster() noexcept {
  for (std::uint32_t n = size_.load(std::memory_order_relaxed); n-- > 0;) {
    if (!house().post(n).present.exchange(true, std::memory_order_acq_rel)) idle_.lie_down(n, false);
  }
}

// After tell_all(), which dismisses those who have no thread, and after the last one has
// left: there may be work that was brought just before, and nobody else to come for it.
template <class Place, class House>
void Crew<Place, House>::bring_back() noexcept {
  {
    LockGuard<Place> held(presence_lock_, "Pool");
    muster();
  }
  if (house().has_work()) call_if_possible(true);
}

template <class Place, class House>
template <class Use>
bool Crew<Place, House>::lend(Use&& use) {
  if (closed()) return false;
  if (detail::IdleWord::idle(idle_.look()) <= reserve_.load(std::memory_order_relaxed) || in_the_way()) return false;
  const std::uint32_t number = idle_.take();
  if (number == Nobody) return false;
  auto& post = house().post(number);
  // Only one that has a thread: whoever joins that waits for the guest as well. And
  // only if nothing waits that came before, as it would be for the worker.
  const bool fits = post.lendable.load(std::memory_order_relaxed) && !house().has_work();
  if (fits && !use(post)) {
    leave(number);
    return true;
  }
  settle(post);
  idle_.lie_down(number, false);
  if (house().has_work()) call_if_possible(true);
  // The post was not there when all were told, or dismissed.
  if (ending_.load(std::memory_order_seq_cst) || number >= size_.load(std::memory_order_seq_cst)) {
    tell_all();
    bring_back();
  }
  return fits;
}

// Whether a worker who is up was on the caller's core when he woke. He is not on it now, and if the caller went on, as
// a guest, the kernel might leave both there for milliseconds, with another core idle: who has just done the last item
// of a map and woken the caller for it is in that place.
template <class Place, class House>
bool Crew<Place, House>::in_the_way() noexcept {
  const std::uint32_t here = house().cpu();
  for (std::uint32_t n = 0; n < reach(); ++n) {
    const Post<Place>& one = house().post(n);
    if (one.cpu.load(std::memory_order_relaxed) != here || !one.hired.load(std::memory_order_relaxed)) continue;
    if (!one.signs.waits() && one.seat.word.load(std::memory_order_relaxed) != Seat::Asleep) return true;
  }
  return false;
}

template <class Place, class House>
void Crew<Place, House>::close(bool finish) noexcept {
  if (!finish) finish_.store(false, std::memory_order_relaxed);
  closed_.store(true, std::memory_order_release);
  // Only then may workers leave: what somebody brings at the same time is refused, or
  // they find it.
  house().refuse_more();
  ending_.exchange(true, std::memory_order_seq_cst);
  tell_all();
  if (finish) bring_back();
  tell_watcher();
}

template <class Place, class House>
void Crew<Place, House>::serve(std::uint32_t number) {
  auto& me = house().post(number);
  std::uint32_t how = me.seat.word.load(std::memory_order_acquire);
  bool searching = false;
  for (;;) {
    if (how == Seat::Called) {
      searching = true;
      me.cpu.store(house().cpu(), std::memory_order_relaxed);
      if (stand_ins_.come_up(me.signs)) set_reserve();
    }
    if (how == Seat::ToWatch) watch(me);
    how = Seat::Asleep;

    const bool ending = ending_.load(std::memory_order_seq_cst);  // before the look that counts
    if (number >= size_.load(std::memory_order_seq_cst)) {
      house().hand_back(me);
      if (house().has_work()) call();
      break;
    }
    auto found = house().find(me);
    if (!found && !ending) {
      if (!searching) searching = idle_.begin_search();
      for (unsigned round = 0; searching && !found && Place::spin(round, wait::Coming::Work); ++round) {
        found = house().find(me);
      }
    }
    if (!found) found = house().find_kept_back(me);
    if (found) {
      if (std::exchange(searching, false) && idle_.end_search() && house().has_work()) call();
      house().run(me, found);
      continue;
    }
    if (ending) break;
    me.lendable.store(house().can_lend(), std::memory_order_relaxed);
    settle(me);
    idle_.lie_down(number, std::exchange(searching, false));
    if (house().has_work()) call();
    if (ending_.load(std::memory_order_seq_cst)) {
      tell_all();
      bring_back();
    }
    how = Idle<Place>::sleep(me.seat, {}, {"task", &house()});
  }
  if (searching && idle_.end_search() && house().has_work()) call();
}

template <class Place, class House>
void Crew<Place, House>::leave(std::uint32_t number) noexcept {
  auto& me = house().post(number);
  me.lendable.store(false, std::memory_order_relaxed);
  settle(me);
  me.hired.store(false, std::memory_order_release);
  {
    LockGuard<Place> held(presence_lock_, "Pool");
    const bool wanted = number < size_.load(std::memory_order_relaxed) && !closed();
    me.present.store(wanted, std::memory_order_release);
    if (wanted) idle_.lie_down(number, false);
  }
  hired_.fetch_sub(1, std::memory_order_seq_cst);
  if (!closed()) {
    if (house().has_work()) call_if_possible(true);
  } else if (finish_.load(std::memory_order_relaxed) && house().has_tasks()) {
    bring_back();  // they came when the last one had looked; forks are run by who has forked
  } else if (ending_.load(std::memory_order_seq_cst)) {
    tell_watcher();
  }
}

template <class Place, class House>
bool Crew<Place, House>::call(bool tasks) {
  std::uint64_t found = idle_.look();
  std::uint32_t idle = detail::IdleWord::idle(found);
  if (idle == 0 || detail::IdleWord::searching(found) != 0) return true;
  std::uint32_t reserve = reserve_.load(std::memory_order_relaxed);
  if (closed() && !house().has_work()) return true;  // it was done meanwhile, and whoever joins has seen all leave
  if (idle <= reserve) return !tasks || surplus();
  std::uint32_t number = idle_.call(reserve);
  return number == Nobody || send(number, Seat::Called);
}

template <class Place, class House>
bool Crew<Place, House>::call_if_possible(bool tasks) noexcept {
  try {
    return call(tasks);
  } catch (...) {
    give_up_if_alone();
    return false;
  }
}

template <class Place, class House>
void Crew<Place, House>::give_up_if_alone() noexcept {
  if (hired_.load(std::memory_order_seq_cst) == 0) house().give_up(std::current_exception());
}

// For one who was just taken from the stack.
template <class Place, class House>
bool Crew<Place, House>::send(std::uint32_t number, std::uint32_t how) {
  auto& one = house().post(number);
  if (one.hired.exchange(true, std::memory_order_acq_rel)) {
    Idle<Place>::wake(one.seat, how);
    return true;
  }
  extend_reach(number);
  one.seat.word.store(how, std::memory_order_relaxed);
  hired_.fetch_add(1, std::memory_order_seq_cst);
  try {
    house().hire(number);
    return true;
  } catch (...) {
    hired_.fetch_sub(1, std::memory_order_seq_cst);
    one.hired.store(false, std::memory_order_release);
    if (how == Seat::ToWatch) unwatch();
    idle_.lie_down(number, how == Seat::Called);
    // Others have relied on him: one who has a thread is to look, or looks when he lies down.
    const std::uint32_t other = take_hired();
    if (other != Nobody) {
      Idle<Place>::wake(house().post(other).seat, Seat::Told);
    } else if (hired_.load(std::memory_order_seq_cst) == 0) {
      throw;
    }
    return false;
  }
}

// Takes one from the stack who has a thread; Nobody if none lies there. While those without
// are aside somebody may see nobody idle and rely on those who are up: the one who is told
// looks for that work, or give_up() fails it.
template <class Place, class House>
std::uint32_t Crew<Place, House>::take_hired() noexcept {
  std::uint32_t number, aside = Nobody;  // those without, each on the one before
  while ((number = idle_.take()) != Nobody && !house().post(number).hired.load(std::memory_order_acquire)) {
    house().post(number).seat.below.store(aside, std::memory_order_relaxed);
    aside = number;
  }
  while (aside != Nobody) {
    const std::uint32_t next = house().post(aside).seat.below.load(std::memory_order_relaxed);
    idle_.lie_down(std::exchange(aside, next), false);
  }
  return number;
}

template <class Place, class House>
void Crew<Place, House>::extend_reach(std::uint32_t number) noexcept {
  std::uint32_t before = reach_.load(std::memory_order_relaxed);
  while (before <= number && !reach_.compare_exchange_weak(before, number + 1, std::memory_order_seq_cst)) {
  }
}

template <class Place, class House>
void Crew<Place, House>::tell_all() noexcept {
  for (std::uint32_t number; (number = idle_.take()) != Nobody;) {
    auto& one = house().post(number);
    if (one.hired.load(std::memory_order_acquire)) {
      Idle<Place>::wake(one.seat, Seat::Told);
    } else {
      one.present.store(false, std::memory_order_release);
    }
  }
}

// There is work, and workers lie idle, but as many are up as there are cores:
// more would only take the cores from one another. Unless some of those who are up
// do nothing but wait for something. That nobody can tell at once, so one more is
// made the watcher, who looks after a short while.
template <class Place, class House>
bool Crew<Place, House>::surplus() {
  while (!watched_.load(std::memory_order_seq_cst) && !watched_.exchange(true, std::memory_order_seq_cst)) {
    const std::uint32_t number = idle_.take();
    if (number != Nobody) {
      set_reserve();
      return send(number, Seat::ToWatch);
    }
    watched_.store(false, std::memory_order_seq_cst);
    set_reserve();
    // Who has lain down meanwhile, and called, may have relied on us.
    if (detail::IdleWord::idle(idle_.look()) == 0) break;
  }
  return true;
}

template <class Place, class House>
void Crew<Place, House>::unwatch() noexcept {
  watcher_.store(Nobody, std::memory_order_seq_cst);
  watched_.store(false, std::memory_order_seq_cst);
  set_reserve();
}

// At the end: the watcher is to look at once whether any work is left. He may have
// become something else meanwhile, and then it is no matter.
template <class Place, class House>
void Crew<Place, House>::tell_watcher() noexcept {
  const std::uint32_t watcher = watcher_.load(std::memory_order_seq_cst);
  if (watcher != Nobody) Idle<Place>::tell_if_asleep(house().post(watcher).seat);
}

template <class Place, class House>
void Crew<Place, House>::watch(Post<Place>& me) noexcept {
  constexpr std::int64_t First = 100'000, Longest = 5'000'000;
  constexpr int Patience = 4;
  std::int64_t period = First;
  watcher_.store(me.number, std::memory_order_seq_cst);
  for (int quiet = 0; quiet < Patience && me.number < size_.load(std::memory_order_relaxed);) {
    me.seat.word.store(Seat::Asleep, std::memory_order_seq_cst);
    // At the end, too, those who are up may wait for what nobody has begun.
    if (ending_.load(std::memory_order_seq_cst) && !(finish_.load(std::memory_order_relaxed) && house().has_work())) {
      break;
    }
    const Timeout nap = Timeout::from_nanoseconds(period);
    if (Idle<Place>::sleep(me.seat, nap, {"task", &house()}) != Seat::Asleep) continue;
    if (!house().has_work()) {
      ++quiet;
      continue;
    }
    quiet = 0;
    stand_ins_.begin_look();
    bool some = false;
    for (std::uint32_t n = 0; n < reach(); ++n) some |= stand_ins_.look(house().post(n).signs);
    period = some ? First : std::min(period * 2, Longest);
    set_reserve();
    if (detail::IdleWord::idle(idle_.look()) == 0) break;  // the watcher itself is the last one
    if (!call_if_possible(false)) break;                   // then it is the watcher who does it
  }
  unwatch();
  // Others may have been about to lie down again, and have relied on a watcher.
  if (finish_.load(std::memory_order_relaxed) && house().has_work()) call_if_possible(house().has_tasks());
}

// The watcher does not lie idle, and does not take a core either. Any number may do
// this at once: whoever comes last looks at what it came from once more.
template <class Place, class House>
void Crew<Place, House>::set_reserve() noexcept {
  auto reserve = [this] {
    std::uint32_t watchers = watched_.load(std::memory_order_seq_cst) ? 1 : 0;
    std::uint32_t up = house().cores() + stand_ins_.count() + watchers;
    std::uint32_t size = size_.load(std::memory_order_seq_cst);
    return size > up ? size - up : 0;
  };
  for (std::uint32_t now = reserve();;) {
    reserve_.store(now, std::memory_order_seq_cst);
    const std::uint32_t next = reserve();
    if (next == now) return;
    now = next;
  }
}

template <class Place, class House>
void Crew<Place, House>::answer(Post<Place>& me) noexcept {
  using Change = typename StandIns<Place>::Change;
  const Change change = stand_ins_.answer(me.signs, [this] { return house().usage(); });
  if (change == Change::None) return;
  set_reserve();
  if (change == Change::More && house().has_work()) call_if_possible(false);
}

template <class Place, class House>
void Crew<Place, House>::settle(Post<Place>& post) noexcept {
  if (stand_ins_.settle(post.signs)) set_reserve();
}

template <class Place, class House>
void Crew<Place, House>::forget_all_but(const Post<Place>* me) noexcept {
  idle_.reset();
  hired_.store(0, std::memory_order_relaxed);
  stand_ins_.reset();
  watched_.store(false, std::memory_order_relaxed);
  watcher_.store(Nobody, std::memory_order_relaxed);
  for (std::uint32_t n = made_.load(std::memory_order_relaxed); n-- > 0;) {
    Post<Place>& one = house().post(n);
    stand_ins_.forget(one.signs);
    if (&one == me) {
      hired_.store(1, std::memory_order_relaxed);
      continue;
    }
    one.hired.store(false, std::memory_order_relaxed);
    one.lendable.store(false, std::memory_order_relaxed);
    one.signs.begun.store(0, std::memory_order_relaxed);
    bool wanted = n < size_.load(std::memory_order_relaxed);
    one.present.store(wanted, std::memory_order_relaxed);
    if (wanted) idle_.lie_down(n, false);
  }
  set_reserve();
}

}  // namespace weft::work
