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
#include "work/lock_guard.hpp"

namespace weft::detail {

constinit thread_local ForkPlace* fork_place_here [[gnu::tls_model("initial-exec")]] = nullptr;

}  // namespace weft::detail

namespace weft::work {
namespace {

constinit thread_local Worker* worker_here [[gnu::tls_model("initial-exec")]] = nullptr;

// Its owner waits for it, or will.
void tell_owner(Fork& fork, std::uint32_t what) noexcept {
  // From here on it may be gone; wake() only compares the address.
  if (fork.word.exchange(what, std::memory_order_acq_rel) == Fork::Asleep) wait::InProcess::wake(fork.word, 1);
}

// A fork that was stolen.
void run_stolen(detail::ForkPlace& me, Fork& fork) noexcept {
  fork.thief.store(&me, std::memory_order_release);
  void* group = std::exchange(me.group, fork.group);
  fork.run(fork);
  me.group = group;
  tell_owner(fork, Fork::Done);
}

}  // namespace

bool Lanes::put(Work& work, int priority) {
  LockGuard<> held(lock_, "Pool");
  if (closed_) return false;
  std::vector<Entry>& heap = priority > 0 ? urgent_ : patient_;
  heap.push_back({priority, number_++, &work});
  std::push_heap(heap.begin(), heap.end(), later);
  count_.fetch_add(1, std::memory_order_seq_cst);
  return true;
}

Work* Lanes::get(bool urgent) noexcept {
  LockGuard<> held(lock_, "Pool");
  std::vector<Entry>& heap = urgent ? urgent_ : patient_;
  if (heap.empty()) return nullptr;
  std::pop_heap(heap.begin(), heap.end(), later);
  Work* work = heap.back().work;
  heap.pop_back();
  count_.fetch_sub(1, std::memory_order_seq_cst);
  return work;
}

void Lanes::close() noexcept {
  LockGuard<> held(lock_, "Pool");
  closed_ = true;
}

void Lanes::forget() noexcept {
  LockGuard<> held(lock_, "Pool");
  urgent_.clear();
  patient_.clear();
  count_.store(0, std::memory_order_seq_cst);
}

Scheduler::Scheduler(int workers)
    : generation_(detail::fork_generation), cores_(static_cast<std::uint32_t>(cpu_count())) {
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
  Crew::resize(static_cast<std::uint32_t>(workers));
}

void Scheduler::add_post(std::uint32_t number) {
  std::atomic<Page*>& page = pages_[number >> PageBits];
  if (page.load(std::memory_order_relaxed) == nullptr) page.store(new Page, std::memory_order_release);
  std::unique_ptr<Worker>& place = (*page.load(std::memory_order_relaxed))[number & (PageSize - 1)];
  place = std::make_unique<Worker>(number);
  place->idle = &idle_.word();
  place->reserve = &reserve_;
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
    // It is queued and there is nobody, unless somebody has come meanwhile; and so it
    // is with what others have brought, who relied on this call.
    const bool ours = work.cancel();
    work.hold();  // what the queue has goes with the queue
    give_up_if_alone();
    if (ours) throw;
    work.drop();
  }
  come_back_if_ending();  // a worker's own deque refuses nothing
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
  if (worker_here != nullptr || caller.green() || caller.has_company()) return false;
  return lend([&](Worker& place) {
    const std::uint32_t owner = std::exchange(place.id, caller.id());
    const std::uint32_t generation = detail::fork_generation;
    sit_down(&place);
    work.set_home(this);
    run(place, {&work, nullptr});
    const bool forked = generation != detail::fork_generation;
    if (forked) enter();  // still from that place, so that it counts as one that is there
    sit_down(nullptr);
    place.id = owner;
    return !forked;
  });
}

// In this place the calling thread works from now on, or in none.
void Scheduler::sit_down(Worker* place) noexcept {
  worker_here = place;
  detail::fork_place_here = place;
  detail::workers_here = place != nullptr ? this : nullptr;
}

bool Scheduler::can_lend() noexcept { return !wait::self().has_company(); }

void Scheduler::give_up(const std::exception_ptr& failure) noexcept {
  cancel_pending([&] {
    try {
      std::rethrow_exception(failure);
    } catch (const RuntimeError& error) {
      try {
        return std::make_exception_ptr(RuntimeError(error.what()));
      } catch (...) {  // no memory for one of its own
      }
    } catch (...) {
    }
    return failure;
  });
}

void Scheduler::refuse_more() noexcept {
  injector_.close();
  lanes_.close();
}

void Scheduler::close(bool finish) noexcept {
  try {
    enter();
  } catch (...) {  // in the child of a fork(), and no memory to put in order what came with it
    finish = false;
  }
  Crew::close(finish);
}

std::size_t Scheduler::cancel_pending(const Failure& failure) noexcept {
  std::size_t count = 0;
  auto end = [&](Work* work) {
    count += failure != nullptr ? work->give_up(failure()) : work->cancel();
    work->drop();
  };
  while (injector_.get_some(64, [&](Work*&& work) { end(work); }) != 0) {
  }
  for (bool urgent : {true, false}) {
    while (Work* work = lanes_.get(urgent)) end(work);
  }
  for (std::uint32_t n = 0; n < made_.load(std::memory_order_acquire); ++n) {
    while (Work* work = post(n).tasks.steal()) end(work);
  }
  return count;
}

// In a child of fork(): its parent's workers are not here, and what was submitted
// there is done there.
void Scheduler::repair() {
  LockGuard<> held(presence_lock_, "Pool");
  if (generation_.load(std::memory_order_acquire) == detail::fork_generation) return;
  injector_.repair([] {});
  while (injector_.get_some(64, [](Work*&&) {}) != 0) {
  }
  lanes_.forget();
  for (std::uint32_t n = made_.load(std::memory_order_relaxed); n-- > 0;) {
    Worker& one = post(n);
    if (&one == worker_here) continue;
    one.tasks.forget();
    one.forks.forget();
  }
  forget_all_but(worker_here);
  generation_.store(detail::fork_generation, std::memory_order_release);
}

// One at a time: who took several would keep back those that others could begin,
// and the order in which tasks begin would not be that in which they came.
Work* Scheduler::from_injector() noexcept {
  std::optional<Work*> work;
  return injector_.get(work) == detail::Tried::Done ? *work : nullptr;
}

Scheduler::Found Scheduler::from_others(Worker& me) noexcept {
  std::uint32_t count = reach();
  me.random ^= me.random << 13;
  me.random ^= me.random >> 17;
  me.random ^= me.random << 5;
  std::uint32_t n = me.random % count;
  for (std::uint32_t i = 0; i < count; ++i, n = n + 1 == count ? 0 : n + 1) {
    Worker& other = post(n);
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

// Again as long as others take what was found. Of so many stacks as hold something at once
// the first few will do: who finds nothing in them comes again.
Scheduler::Found Scheduler::find_kept_back(Worker& me) noexcept {
  struct Kept {
    Worker* by;
    std::int64_t oldest;
  };
  for (bool again = true; again;) {
    std::array<Kept, 16> some;
    std::size_t found = 0;
    const std::uint32_t count = reach();
    std::uint32_t n = me.random % count;
    for (std::uint32_t i = 0; i < count && found < some.size(); ++i, n = n + 1 == count ? 0 : n + 1) {
      Worker& other = post(n);
      if (&other == &me) continue;
      if (Fork* fork = other.forks.steal()) return {nullptr, fork};  // shown meanwhile
      const std::int64_t oldest = other.forks.find_oldest();
      if (oldest != other.forks.Nowhere) some[found++] = {&other, oldest};
    }
    again = false;
    if (found == 0 || !detail::ThisProcess::fence_everyone()) break;
    for (std::size_t i = 0; i < found; ++i) {
      if (Fork* fork = some[i].by->forks.take_oldest(some[i].oldest)) return {nullptr, fork};
      again = again || some[i].by->forks.find_oldest() > some[i].oldest;
    }
  }
  return {};
}

bool Scheduler::has_some(bool forks_too) const noexcept {
  if (injector_.size() != 0 || lanes_.has_some()) return true;
  for (std::uint32_t n = 0, end = reach(); n < end; ++n) {
    if (post(n).tasks.has_some() || (forks_too && post(n).forks.has_some())) return true;
  }
  return false;
}

void Scheduler::run(Worker& me, Found found) noexcept {
  if (found.fork != nullptr) return run_stolen(me, *found.fork);
  note_begin(me);
  found.work->run();
  found.work->drop();
  note_end(me);
}

void Scheduler::part_ended() noexcept {
  // A green thread that a task has left behind runs here also while the post is nobody's.
  if (worker_here == nullptr || wait::self().green()) return;
  static_cast<Scheduler*>(detail::workers_here)->note_part(*worker_here);
}

void Scheduler::serve(std::uint32_t number) {
  Worker& me = post(number);
  me.id = wait::InProcess::self();
  sit_down(&me);
  Crew::serve(number);
  sit_down(nullptr);
  leave(number);
}

void Scheduler::hand_back(Worker& me) noexcept {
  while (Work* work = me.tasks.steal()) {
    try {
      if (injector_.put(work) == detail::Tried::Done) continue;
    } catch (const std::bad_alloc&) {
    }
    run(me, {work, nullptr});
  }
}

}  // namespace weft::work

namespace weft::detail {

void call_for_forks(ForkPlace& place) noexcept {
  place.forks.show();
  static_cast<work::Scheduler*>(workers_here)->call_for_forks();
}

void await_fork(ForkPlace& place, Fork& fork, bool wanted) noexcept {
  using wait::InProcess;
  constexpr int MostFences = 3;  // in vain, one after the other
  int fences = 0;
  for (unsigned round = 0;;) {
    std::uint32_t found = fork.word.load(std::memory_order_acquire);
    if (found == Fork::Done) return;
    if (found == Fork::GivenBack) {
      if (wanted) work::run_stolen(place, fork);
      return;
    }
    // Whatever lies on the thief's stack of forks while it runs this one is part of it, and has to be done before it:
    // to help with that adds no deadlock. Once it is done, it is somebody else's, who may want a lock that is held
    // here.
    ForkPlace* thief = fork.thief.load(std::memory_order_acquire);
    Fork* part = thief != nullptr ? thief->forks.steal() : nullptr;
    if (part == nullptr && found == Fork::Open) {
      if (InProcess::spin(round++)) continue;
      const std::int64_t oldest = thief != nullptr ? thief->forks.find_oldest() : ForkPlace::Forks::Nowhere;
      if (oldest != ForkPlace::Forks::Nowhere && ++fences <= MostFences && ThisProcess::fence_everyone()) {
        if (fork.word.load(std::memory_order_acquire) == Fork::Open) part = thief->forks.take_oldest(oldest);
        if (part == nullptr) {
          round = 0;
          continue;
        }
      }
      if (part == nullptr && !fork.word.compare_exchange_strong(found, Fork::Asleep, std::memory_order_relaxed)) {
        continue;
      }
    }
    if (part != nullptr) {
      if (fork.word.load(std::memory_order_acquire) == Fork::Done) return work::tell_owner(*part, Fork::GivenBack);
      work::run_stolen(place, *part);
      round = 0;
      fences = 0;
      continue;
    }
    InProcess::wait(fork.word, Fork::Asleep, wait::Deadline::until_done(), {"join", &fork});
  }
}

}  // namespace weft::detail
