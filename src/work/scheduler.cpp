// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "work/scheduler.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "wait/waiter.hpp"
#include "weft/cpu_count.hpp"
#include "weft/detail/self.hpp"
#include "weft/errors.hpp"
#include "work/locked.hpp"

namespace weft::detail {

constinit thread_local ForkPlace* fork_place_here [[gnu::tls_model("initial-exec")]] = nullptr;

}  // namespace weft::detail

namespace weft::work {
namespace {

using Idler = Idle<wait::InProcess>;
using Seat = Idler::Seat;

constinit thread_local Worker* worker_here [[gnu::tls_model("initial-exec")]] = nullptr;

// A fork that was stolen: its owner waits for it, or will.
void run_stolen(detail::ForkPlace& me, Fork& fork) noexcept {
  fork.thief.store(&me, std::memory_order_release);
  void* group = std::exchange(me.group, fork.group);
  fork.run(fork);
  me.group = group;
  // From here on it may be gone; wake() only compares the address.
  if (fork.word.exchange(Fork::Done, std::memory_order_acq_rel) == Fork::Asleep) {
    wait::InProcess::wake(fork.word, 1);
  }
}

}  // namespace

bool Lanes::put(Work& work, int priority) {
  Locked held(lock_, "Pool");
  if (closed_) return false;
  std::vector<Entry>& heap = priority > 0 ? urgent_ : patient_;
  heap.push_back({priority, number_++, &work});
  std::push_heap(heap.begin(), heap.end(), later);
  count_.fetch_add(1, std::memory_order_seq_cst);
  return true;
}

Work* Lanes::get(bool urgent) noexcept {
  Locked held(lock_, "Pool");
  std::vector<Entry>& heap = urgent ? urgent_ : patient_;
  if (heap.empty()) return nullptr;
  std::pop_heap(heap.begin(), heap.end(), later);
  Work* work = heap.back().work;
  heap.pop_back();
  count_.fetch_sub(1, std::memory_order_seq_cst);
  return work;
}

void Lanes::close() noexcept {
  Locked held(lock_, "Pool");
  closed_ = true;
}

void Lanes::forget() noexcept {
  Locked held(lock_, "Pool");
  urgent_.clear();
  patient_.clear();
  count_.store(0, std::memory_order_seq_cst);
}

Scheduler::Scheduler(int workers)
    : forks_(detail::fork_generation), cores_(static_cast<std::uint32_t>(cpu_count())), watcher_(Idler::Nobody) {
  resize(workers);
}

Scheduler::~Scheduler() {
  cancel_pending();
  for (std::atomic<Page*>& page : pages_) delete page.load(std::memory_order_acquire);
}

void Scheduler::resize(int workers) {
  constexpr int Most = static_cast<int>(Idle<wait::InProcess>::Most) - 1;
  if (workers > Most) throw ValueError("there may be " + std::to_string(Most) + " workers at most");
  enter();
  Locked held(resize_lock_, "Pool");
  auto wanted = static_cast<std::uint32_t>(workers);
  std::uint32_t made = made_.load(std::memory_order_relaxed);
  for (std::uint32_t n = made; n < wanted; ++n) {
    std::atomic<Page*>& page = pages_[n >> PageBits];
    if (page.load(std::memory_order_relaxed) == nullptr) page.store(new Page, std::memory_order_release);
    std::unique_ptr<Worker>& place = (*page.load(std::memory_order_relaxed))[n & (PageSize - 1)];
    place = std::make_unique<Worker>(n);
    place->idle = &idle_.word();
    place->reserve = &reserve_;
    made_.store(n + 1, std::memory_order_release);
  }
  size_.store(wanted, std::memory_order_seq_cst);
  set_reserve();
  // Those too many see it when they are told; the others lie down again.
  if (wanted < made) tell_all();
  for (std::uint32_t n = wanted; n-- > 0;) {
    if (!worker(n).present.exchange(true, std::memory_order_acq_rel)) idle_.lie_down(n, false);
  }
  if (has_work()) call();
}

bool Scheduler::put(Work& work, int priority) {
  enter();
  if (closed()) return false;
  if (priority != 0) [[unlikely]] {
    if (!lanes_.put(work, priority)) return false;
  } else if (Worker* me = worker_here; me != nullptr && detail::workers_here == this && me->tasks.push(&work)) {
    me->tasks.tell();
  } else {
    Work* item = &work;
    if (injector_.put(item) != detail::Tried::Done) return false;
  }
  try {
    call();
  } catch (...) {
    // It is queued and there is nobody, unless somebody has come meanwhile.
    if (!work.cancel()) return true;
    work.hold();  // what the queue has goes with the queue
    throw;
  }
  return true;
}

void Scheduler::run_here(Work& work) {
  Worker* me = worker_here;
  // Most often it is what this worker submitted last: then nobody need look at it again.
  if (me->tasks.is_last(&work) && me->tasks.pop() != nullptr) work.drop();
  work.perform_started();
}

bool Scheduler::run_as_guest(Work& work) {
  enter();
  const wait::Waiter& caller = wait::self();
  if (closed() || worker_here != nullptr || caller.green() || caller.has_company()) return false;
  if (detail::IdleWord::idle(idle_.look()) <= reserve_.load(std::memory_order_relaxed)) return false;
  const std::uint32_t number = idle_.take();
  if (number == Idler::Nobody) return false;
  Worker& place = worker(number);
  // Only one that has a thread: whoever joins that waits for the guest as well. And
  // only if nothing waits that came before, as it would be for the worker.
  const bool fits = place.lendable.load(std::memory_order_relaxed) && !has_work();
  if (fits) {
    const std::uint32_t owner = std::exchange(place.id, caller.id());
    const std::uint32_t generation = detail::fork_generation;
    sit_down(&place);
    run(place, {&work, nullptr});
    const bool forked = generation != detail::fork_generation;
    if (forked) enter();  // still from that place, so that it counts as one that is there
    sit_down(nullptr);
    place.id = owner;
    if (forked) {  // its owner is not
      leave(number);
      return true;
    }
  }
  idle_.lie_down(number, false);
  if (has_work()) call_if_possible(true);
  if (closed_.load(std::memory_order_seq_cst) || number >= size_.load(std::memory_order_seq_cst)) tell_all();
  return fits;
}

// In this place the calling thread works from now on, or in none.
void Scheduler::sit_down(Worker* place) noexcept {
  worker_here = place;
  detail::fork_place_here = place;
  detail::workers_here = place != nullptr ? this : nullptr;
}

void Scheduler::close() noexcept {
  closed_.exchange(true, std::memory_order_seq_cst);
  injector_.close();
  lanes_.close();
  tell_all();
  std::uint32_t watcher = watcher_.load(std::memory_order_seq_cst);
  if (watcher != Idler::Nobody) Idler::wake(worker(watcher).seat, Seat::Told);
}

std::size_t Scheduler::cancel_pending(const std::exception_ptr& failure) noexcept {
  std::size_t count = 0;
  auto end = [&](Work* work) {
    count += failure != nullptr ? work->give_up(failure) : work->cancel();
    work->drop();
  };
  while (injector_.get_some(64, [&](Work*&& work) { end(work); }) != 0) {
  }
  for (bool urgent : {true, false}) {
    while (Work* work = lanes_.get(urgent)) end(work);
  }
  for (std::uint32_t n = 0; n < made_.load(std::memory_order_acquire); ++n) {
    while (Work* work = worker(n).tasks.steal()) end(work);
  }
  return count;
}

// In a child of fork(): its parent's workers are not here, and what was submitted
// there is done there.
void Scheduler::repair() {
  Locked held(resize_lock_, "Pool");
  if (forks_.load(std::memory_order_acquire) == detail::fork_generation) return;
  injector_.repair([] {});
  while (injector_.get_some(64, [](Work*&&) {}) != 0) {
  }
  lanes_.forget();
  idle_.reset();
  hired_.store(0, std::memory_order_relaxed);
  stuck_.store(0, std::memory_order_relaxed);
  watched_.store(false, std::memory_order_relaxed);
  watcher_.store(Idler::Nobody, std::memory_order_relaxed);
  for (std::uint32_t n = made_.load(std::memory_order_relaxed); n-- > 0;) {
    Worker& one = worker(n);
    one.stuck.store(false, std::memory_order_relaxed);
    if (&one == worker_here) {
      hired_.store(1, std::memory_order_relaxed);
      continue;
    }
    while (one.tasks.steal() != nullptr) {
    }
    while (one.forks.steal() != nullptr) {
    }
    one.hired.store(false, std::memory_order_relaxed);
    one.lendable.store(false, std::memory_order_relaxed);
    one.begun.store(0, std::memory_order_relaxed);
    bool wanted = n < size_.load(std::memory_order_relaxed);
    one.present.store(wanted, std::memory_order_relaxed);
    if (wanted) idle_.lie_down(n, false);
  }
  set_reserve();
  forks_.store(detail::fork_generation, std::memory_order_release);
}

// One at a time: who took several would keep back those that others could begin,
// and the order in which tasks begin would not be that in which they came.
Work* Scheduler::from_injector() noexcept {
  std::optional<Work*> work;
  return injector_.get(work) == detail::Tried::Done ? *work : nullptr;
}

Scheduler::Found Scheduler::from_others(Worker& me) noexcept {
  std::uint32_t count = made_.load(std::memory_order_acquire);
  me.random ^= me.random << 13;
  me.random ^= me.random >> 17;
  me.random ^= me.random << 5;
  std::uint32_t n = me.random % count;
  for (std::uint32_t i = 0; i < count; ++i, n = n + 1 == count ? 0 : n + 1) {
    Worker& other = worker(n);
    if (&other == &me) continue;
    if (Fork* fork = other.forks.steal()) return {nullptr, fork};
    if (Work* work = other.tasks.steal()) return {work, nullptr};
  }
  return {};
}

Scheduler::Found Scheduler::find(Worker& me) noexcept {
  constexpr std::uint32_t SometimesFirst = 64;  // so that what workers submit and what others do starve neither
  const bool lanes = lanes_.has_some();
  if (lanes) [[unlikely]] {
    if (Work* work = lanes_.get(true)) return {work, nullptr};
  }
  if (++me.turn % SometimesFirst == 0) [[unlikely]] {
    if (Found found = from_others(me)) return found;
    if (Work* work = from_injector()) return {work, nullptr};
  }
  if (Work* work = me.tasks.steal()) return {work, nullptr};  // the oldest, as Python does
  if (Work* work = from_injector()) return {work, nullptr};
  if (Found found = from_others(me)) return found;
  if (lanes) [[unlikely]] {
    if (Work* work = lanes_.get(false)) return {work, nullptr};
  }
  return {};
}

bool Scheduler::has_work() const noexcept {
  if (injector_.size() != 0 || lanes_.has_some()) return true;
  for (std::uint32_t n = 0; n < made_.load(std::memory_order_acquire); ++n) {
    if (worker(n).tasks.has_some() || worker(n).forks.has_some()) return true;
  }
  return false;
}

void Scheduler::run(Worker& me, Found found) noexcept {
  if (found.fork != nullptr) return run_stolen(me, *found.fork);
  std::uint64_t begun = me.begun.load(std::memory_order_relaxed);
  me.begun.store(begun + 1, std::memory_order_relaxed);
  found.work->run();
  found.work->drop();
  me.begun.store(begun + 2, std::memory_order_relaxed);
  if (me.stuck.load(std::memory_order_relaxed)) [[unlikely]]
    unstick(me);
}

void Scheduler::serve(std::uint32_t number) {
  Worker& me = worker(number);
  me.id = wait::InProcess::self();
  sit_down(&me);
  std::uint32_t how = me.seat.word.load(std::memory_order_acquire);
  bool searching = false;
  for (;;) {
    if (how == Seat::Called) searching = true;
    if (how == Seat::Told && watcher_.load(std::memory_order_relaxed) == number) watch(me);
    how = Seat::Asleep;

    const bool ending = closed_.load(std::memory_order_seq_cst);  // before the look that counts
    if (number >= size_.load(std::memory_order_seq_cst) && hand_back(me)) break;
    Found found = find(me);
    if (!found && !ending) {
      if (!searching) searching = idle_.begin_search();
      for (unsigned round = 0; searching && !found && wait::InProcess::spin(round, wait::Coming::Work); ++round) {
        found = find(me);
      }
    }
    if (found) {
      if (std::exchange(searching, false) && idle_.end_search() && has_work()) call();
      run(me, found);
      continue;
    }
    if (ending) break;
    me.lendable.store(!wait::self().has_company(), std::memory_order_relaxed);
    idle_.lie_down(number, std::exchange(searching, false));
    if (has_work()) call();
    if (closed_.load(std::memory_order_seq_cst)) tell_all();
    how = Idler::sleep(me.seat, {}, {"task", this});
  }
  if (searching && idle_.end_search() && has_work()) call();
  sit_down(nullptr);
  leave(number);
}

// Before a worker leaves whose place is not wanted any more: what waits in its
// deque goes where the others look.
bool Scheduler::hand_back(Worker& me) noexcept {
  while (Work* work = me.tasks.steal()) {
    if (injector_.put(work) == detail::Tried::Done) continue;
    run(me, {work, nullptr});
  }
  if (has_work()) call();
  return true;
}

void Scheduler::leave(std::uint32_t number) noexcept {
  Worker& me = worker(number);
  me.lendable.store(false, std::memory_order_relaxed);
  me.hired.store(false, std::memory_order_release);
  {
    Locked held(resize_lock_, "Pool");
    bool wanted = number < size_.load(std::memory_order_relaxed) && !closed();
    me.present.store(wanted, std::memory_order_release);
    if (wanted) idle_.lie_down(number, false);
  }
  if (has_work()) call_for_forks();
  hired_.fetch_sub(1, std::memory_order_acq_rel);
}

void Scheduler::call(bool tasks) {
  std::uint64_t found = idle_.look();
  std::uint32_t idle = detail::IdleWord::idle(found);
  if (idle == 0 || detail::IdleWord::searching(found) != 0) return;
  std::uint32_t reserve = reserve_.load(std::memory_order_relaxed);
  if (idle > reserve) {
    std::uint32_t number = idle_.call(reserve);
    if (number != Idler::Nobody) send(number, Seat::Called);
  } else if (tasks) {
    surplus();
  }
}

// Whoever forked runs both halves if there is no thread to be had.
void Scheduler::call_for_forks() noexcept { call_if_possible(false); }

void Scheduler::call_if_possible(bool tasks) noexcept {
  try {
    call(tasks);
  } catch (...) {  // no thread to be had
  }
}

// For one who was just taken from the stack.
void Scheduler::send(std::uint32_t number, std::uint32_t how) {
  Worker& one = worker(number);
  if (one.hired.exchange(true, std::memory_order_acq_rel)) {
    Idler::wake(one.seat, how);
    return;
  }
  one.seat.word.store(how, std::memory_order_relaxed);
  hired_.fetch_add(1, std::memory_order_acq_rel);
  try {
    hire(number);
  } catch (...) {
    bool nobody = hired_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    one.hired.store(false, std::memory_order_release);
    if (how == Seat::Told) unwatch();
    idle_.lie_down(number, how == Seat::Called);
    if (nobody) throw;
  }
}

void Scheduler::tell_all() noexcept {
  for (std::uint32_t number; (number = idle_.take()) != Idler::Nobody;) {
    Worker& one = worker(number);
    if (one.hired.load(std::memory_order_acquire)) {
      Idler::wake(one.seat, Seat::Told);
    } else {
      one.present.store(false, std::memory_order_release);
    }
  }
}

// There is work, and workers lie idle, but as many are up as there are cores:
// more would only take the cores from one another. Unless some of those who are up
// do nothing but wait for something. That nobody can tell at once, so one more is
// made the watcher, who looks after a short while.
void Scheduler::surplus() {
  if (watched_.load(std::memory_order_relaxed) || watched_.exchange(true, std::memory_order_seq_cst)) return;
  std::uint32_t number = idle_.take();
  if (number == Idler::Nobody) {
    watched_.store(false, std::memory_order_seq_cst);
    return;
  }
  watcher_.store(number, std::memory_order_seq_cst);
  set_reserve();
  send(number, Seat::Told);
}

void Scheduler::unwatch() noexcept {
  watcher_.store(Idler::Nobody, std::memory_order_seq_cst);
  watched_.store(false, std::memory_order_seq_cst);
  set_reserve();
}

void Scheduler::watch(Worker& me) noexcept {
  constexpr std::int64_t First = 100'000, Longest = 5'000'000;
  constexpr int Patience = 4;
  std::int64_t period = First;
  for (int quiet = 0; quiet < Patience && me.number < size_.load(std::memory_order_relaxed);) {
    me.seat.word.store(Seat::Asleep, std::memory_order_seq_cst);
    if (closed_.load(std::memory_order_seq_cst)) break;
    if (Idler::sleep(me.seat, Timeout::from_nanoseconds(period), {"task", this}) != Seat::Asleep) break;
    if (!has_work()) {
      ++quiet;
      continue;
    }
    quiet = 0;
    bool some = false;
    for (std::uint32_t n = 0; n < made_.load(std::memory_order_acquire); ++n) {
      Worker& one = worker(n);
      std::uint64_t begun = one.begun.load(std::memory_order_relaxed);
      bool same = begun == std::exchange(one.begun_seen, begun);
      if (same && begun % 2 == 1 && !one.stuck.load(std::memory_order_relaxed)) {
        one.stuck.store(true, std::memory_order_relaxed);
        stuck_.fetch_add(1, std::memory_order_seq_cst);
        some = true;
      }
    }
    period = some ? First : std::min(period * 2, Longest);
    set_reserve();
    if (detail::IdleWord::idle(idle_.look()) == 0) break;  // the watcher itself is the last one
    call_for_forks();
  }
  unwatch();
}

// One who is stuck is made up for by two: those may be, too. The watcher does not
// lie idle, and does not take a core either. Any number may do this at once: whoever
// comes last looks at what it came from once more.
void Scheduler::set_reserve() noexcept {
  auto reserve = [this] {
    std::uint32_t watchers = watcher_.load(std::memory_order_seq_cst) != Idler::Nobody ? 1 : 0;
    std::uint32_t up = cores_ + 2 * stuck_.load(std::memory_order_seq_cst) + watchers;
    std::uint32_t size = size_.load(std::memory_order_seq_cst);
    return size > up ? size - up : 0;
  };
  for (std::uint32_t now = reserve(), next;; now = next) {
    reserve_.store(now, std::memory_order_seq_cst);
    if ((next = reserve()) == now) return;
  }
}

void Scheduler::unstick(Worker& me) noexcept {
  if (!me.stuck.exchange(false, std::memory_order_relaxed)) return;
  stuck_.fetch_sub(1, std::memory_order_seq_cst);
  set_reserve();
}

}  // namespace weft::work

namespace weft::detail {

void call_for_forks(ForkPlace&) noexcept { static_cast<work::Scheduler*>(workers_here)->call_for_forks(); }

void await_fork(ForkPlace& place, Fork& fork) noexcept {
  using wait::InProcess;
  for (unsigned round = 0;;) {
    std::uint32_t found = fork.word.load(std::memory_order_acquire);
    if (found == Fork::Done) return;
    // Whatever its thief has on its stack of forks belongs to this fork, and has
    // to be done before it: to help with that cannot lead to a deadlock that is not one
    // anyway.
    ForkPlace* thief = fork.thief.load(std::memory_order_acquire);
    if (Fork* part = thief != nullptr ? thief->forks.steal() : nullptr) {
      work::run_stolen(place, *part);
      round = 0;
      continue;
    }
    if (found == Fork::Open) {
      if (InProcess::spin(round++)) continue;
      if (!fork.word.compare_exchange_strong(found, Fork::Asleep, std::memory_order_relaxed)) continue;
    }
    InProcess::wait(fork.word, Fork::Asleep, wait::Deadline::until_done(), {"join", &fork});
  }
}

}  // namespace weft::detail
