// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/hub.hpp"

#include <errno.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "os/clock.hpp"
#include "os/cpu.hpp"
#include "os/futex.hpp"
#include "os/mutex.hpp"
#include "os/native_id.hpp"
#include "os/poll.hpp"
#include "wait/deadlock.hpp"
#include "wait/fork.hpp"
#include "wait/monitor.hpp"
#include "wait/roll.hpp"
#include "wait/stacks.hpp"
#include "weft/errors.hpp"

namespace weft::wait {
namespace {

constinit os::Mutex mutex_of_spares;
constinit std::vector<Hub*> spare_hubs;  // of threads that have ended
constinit std::atomic<Hub*> all_hubs{nullptr};

constexpr std::uint32_t Budget = 64;
constexpr int Yields = 12, SleepsInVain = 4;
constexpr std::int64_t FirstPatience = 100'000'000, MostPatience = 60'000'000'000;

}  // namespace

constinit thread_local Hub* Hub::here_ [[gnu::tls_model("initial-exec")]] = nullptr;

Hub* Hub::first_of_all() noexcept { return all_hubs.load(std::memory_order_acquire); }

Hub& Hub::here() {
  if (here_ != nullptr) return *here_;
  auto& root = static_cast<ThreadWaiter&>(wait::self());  // a green thread has a hub
  watch_forks();
  Hub* hub = nullptr;
  {
    std::scoped_lock held(mutex_of_spares);
    if (!spare_hubs.empty()) {
      hub = spare_hubs.back();
      spare_hubs.pop_back();
    }
  }
  if (hub == nullptr) {
    hub = new Hub;
    hub->next_of_all = all_hubs.load(std::memory_order_relaxed);
    while (!all_hubs.compare_exchange_weak(hub->next_of_all, hub, std::memory_order_release)) {
    }
  }
  hub->stacks_ = &wait::stacks();
  hub->stacks_->set_tended(true);
  hub->begin(root);
  return *hub;
}

void Hub::begin(ThreadWaiter& root) noexcept {
  root_ = &root;
  root.set_hub(this);
  root.raise = raise_deadlock;
  first_ = &root;
  native_id_.store(root.native_id(), std::memory_order_relaxed);
  runs_.store(&root, std::memory_order_release);
  in_vain_ = 0;
  patience_ = FirstPatience;
  deadlock_.clear();
  here_ = this;
  watch_hubs();
}

// Some at a time: alone, each would take up to a line more than it needs.
GreenWaiter& Hub::make_waiter() {
  constexpr std::size_t Some = 32;
  if (unmade_ == unmade_end_) {
    unmade_ =
        static_cast<GreenWaiter*>(::operator new(Some * sizeof(GreenWaiter), std::align_val_t(alignof(GreenWaiter))));
    unmade_end_ = unmade_ + Some;
  }
  auto* made = ::new (unmade_) GreenWaiter(*this);
  roll().enter(*made);
  ++unmade_;
  return *made;
}

Waiter& Hub::spawn(const GreenTask& task) {
  timers_.reserve(alive_ + 2);
  os::Stack stack = stacks_->take(task.stack_size != 0 ? task.stack_size : DefaultStackSize);
  GreenWaiter* green = spares_;
  if (green != nullptr) {
    spares_ = static_cast<GreenWaiter*>(green->next);
    roll().step_in(*green);
  } else {
    try {
      green = &make_waiter();
    } catch (...) {
      stacks_->give_back(stack);
      throw;
    }
  }
  green->own.start(stack, run, green);
  green->at = &green->own;
  green->run_ = task.run;
  green->raise = task.raise;
  green->argument = task.argument;
  green->set_native_id(native_id());
  green->set_daemon(root_ != nullptr && root_->daemon());
  green->begin_life();
  green->take_interrupt();
  if (green->named_ || !task.name.empty()) green->name.set(task.name);
  green->named_ = !task.name.empty();
  ++alive_;
  run_.push(*green);
  return *green;
}

void Hub::run(void* green) {
  auto& me = *static_cast<GreenWaiter*>(green);
  me.run_(me.argument);
  me.hub()->end(me);
}

inline Waiter& Hub::next() noexcept {
  if (!run_.empty() && inbox_.empty() && ++budget_ < Budget) return run_.pop();
  return look_for_next();
}

inline void Hub::switch_to(Waiter& from, Waiter& to) noexcept {
  switches_.store(switches() + 1, std::memory_order_relaxed);
  runs_.store(&to, std::memory_order_release);
  become(to);
  os::Context::transfer(*from.at, *to.at);
}

// Still on its stack, which is given back already: nobody can take it before we
// have left.
void Hub::end(GreenWaiter& green) noexcept {
  green.clean_up();
  if (first_ == &green) first_ = nullptr;
  roll().step_out(green);
  --alive_;
  if (root_ == nullptr && alive_ == 0) std::exit(0);  // as when the last thread of a process ends
  stacks_->give_back(green.own.stack());
  green.next = spares_;
  spares_ = &green;
  Waiter& to = next();
  switches_.store(switches() + 1, std::memory_order_relaxed);
  runs_.store(&to, std::memory_order_release);
  become(to);
  os::Context::leave(*green.at, *to.at);
}

Waiter& Hub::look_for_next() noexcept {
  for (;;) {
    look();
    if (!run_.empty()) return run_.pop();
    sleep();
  }
}

void Hub::yield() noexcept {
  if (!has_others_to_run() && timers_.empty() && words_ == nullptr && polled_ == nullptr) return;
  Waiter& me = *current;
  run_.push(me);
  Waiter& to = next();
  if (&to != &me) switch_to(me, to);
}

void Hub::park(Waiter& me, std::int64_t deadline) noexcept {
  only_tends_ = !busy();
  if (deadline != os::Never) timers_.add(me, deadline);
  Waiter& to = next();
  if (&to != &me) switch_to(me, to);
  timers_.remove(me);
}

void Hub::arrive(Waiter& waiter) noexcept {
  if (here_ == this) {
    run_.push(waiter);
  } else {
    inbox_.put(waiter, [this](auto how) {
      if (how == Signal<InProcess>::Polling) {
        door_bell_->ring();
      } else {
        os::futex_wake(inbox_.bell(), 1, os::Scope::Private);
      }
    });
  }
}

void Hub::take_arrived() noexcept {
  for (Waiter* waiter = inbox_.take_all(); waiter != nullptr;) {
    Waiter* next = waiter->next_arrived;
    run_.push(*waiter);
    waiter = next;
  }
}

void Hub::look() noexcept {
  budget_ = 0;
  take_arrived();
  if (!timers_.empty()) {
    const std::int64_t now = os::monotonic();
    while (Waiter* due = timers_.take_due(now)) due->rouse();
  }
  for (OnWord* o = words_; o != nullptr; o = o->next) {
    if (o->word->load(std::memory_order_acquire) != o->expected) o->who->rouse();
  }
  if (polled_ != nullptr) poll(0);
  if (has_to_tend()) stacks_->tend(os::monotonic());
}

// The core is given away first, for others who are about to put something into the
// inbox; not if the last sleeps were over without that, as it is with nothing but timers,
// descriptors and shared words.
void Hub::sleep() noexcept {
  for (int yields = in_vain_ < SleepsInVain ? Yields : 0; yields > 0; --yields) {
    if (!inbox_.empty()) return;
    if (os::give_core() == os::Gave::Up) break;
  }
  const bool for_others = timers_.empty() && words_ == nullptr && polled_ == nullptr && !only_tends_;
  const std::int64_t patience = for_others ? os::monotonic() + patience_ : timers_.first();
  const std::int64_t until = std::min(patience, stacks_->due());
  int error = 0;
  auto how = polled_ != nullptr ? Signal<InProcess>::Polling : Signal<InProcess>::Asleep;
  auto [arrived, woken] = inbox_.sleep(how, [&] {
    Waiter* ran = runs_.exchange(nullptr, std::memory_order_relaxed);
    if (polled_ != nullptr) {
      poll(until);
    } else if (words_ != nullptr) {
      sleep_on_words(until);
    } else {
      error = os::futex_wait(inbox_.bell(), how, until, os::Scope::Private);
    }
    runs_.store(ran, std::memory_order_release);
  });
  in_vain_ = arrived ? 0 : std::min(in_vain_ + 1, SleepsInVain);
  if (woken && polled_ != nullptr) door_bell_->wait_for_ring();
  if (!for_others || arrived || error != ETIMEDOUT || until != patience) {
    patience_ = FirstPatience;
  } else {
    patience_ = std::min(2 * patience_, MostPatience);
    if (deadlock_.empty() && nobody_can_wake_others()) tell_of_deadlock();
  }
}

void Hub::tell_of_deadlock() {
  deadlock_ = "This operation would block forever\n" + report();
  if (first_ == nullptr) {
    detail::say("weft: " + deadlock_);
    return;
  }
  if (first_ != root_) raise_of_first_ = std::exchange(first_->raise, raise_deadlock);
  first_->kill(first_->life());
}

void Hub::raise_deadlock(void*) {
  if (here_->first_ != here_->root_) here_->first_->raise = here_->raise_of_first_;
  throw LoopExit(std::exchange(here_->deadlock_, {}));
}

bool Hub::park_on(Waiter& me, const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                  std::int64_t deadline) noexcept {
  OnWord mine{&me, &word, expected, false, words_};
  words_ = &mine;
  park(me, deadline);
  OnWord** link = &words_;
  while (*link != &mine) link = &(*link)->next;
  *link = mine.next;
  return mine.woken;
}

// A kernel without futex_waitv, and words beyond what it takes, are looked at
// every millisecond.
void Hub::sleep_on_words(std::int64_t until) noexcept {
  constexpr std::int64_t Slice = 1'000'000;
  std::array<os::Watched, os::MostWatched> watched;
  std::size_t n = 0;
  watched[n++] = {&inbox_.bell(), Signal<InProcess>::Asleep, os::Scope::Private};
  OnWord* o = words_;
  for (; o != nullptr && n < watched.size(); o = o->next) watched[n++] = {o->word, o->expected, os::Scope::Shared};
  if (o != nullptr) until = std::min(until, os::monotonic() + Slice);
  int woken = os::futex_wait_any({watched.data(), n}, until);
  if (woken == -ENOSYS) {
    os::futex_wait(inbox_.bell(), Signal<InProcess>::Asleep, std::min(until, os::monotonic() + Slice),
                   os::Scope::Private);
  } else if (woken > 0) {
    bool used = false;  // one wake, one who is woken; the others look again
    for (o = words_; o != nullptr; o = o->next) {
      if (o->word != watched[static_cast<std::size_t>(woken)].word) continue;
      o->woken = !std::exchange(used, true);
      o->who->rouse();
    }
  }
}

bool Hub::has_room_for(std::size_t more) noexcept {
  const std::size_t all = 1 + descriptors_ + more;  // with the bell
  if (all <= asked_.capacity()) return true;
  try {
    asked_.reserve(2 * all);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

int Hub::park_on(Waiter& me, std::span<pollfd> descriptors, std::int64_t deadline) noexcept {
  descriptors_ += descriptors.size();
  if (polled_ == nullptr) door_bell_.emplace();
  OnDescriptors mine{&me, descriptors, 0, polled_};
  polled_ = &mine;
  park(me, deadline);
  OnDescriptors** link = &polled_;
  while (*link != &mine) link = &(*link)->next;
  *link = mine.next;
  descriptors_ -= descriptors.size();
  if (polled_ == nullptr) door_bell_.reset();
  return mine.ready;
}

void Hub::poll(std::int64_t until) noexcept {
  constexpr std::int64_t Slice = 1'000'000;
  // The kernel counts entries, and many may wait for one descriptor.
  auto by_number = [](const pollfd& a, const pollfd& b) { return a.fd < b.fd; };
  std::vector<pollfd>& all = asked_;
  all.assign({{door_bell_->get(), POLLIN, 0}});
  for (OnDescriptors* o = polled_; o != nullptr; o = o->next) {
    std::ranges::copy_if(o->descriptors, std::back_inserter(all), [](const pollfd& p) { return p.fd >= 0; });
  }
  std::ranges::sort(all, by_number);
  auto last = all.begin();
  for (auto next = last + 1; next != all.end(); ++next) {
    if (next->fd == last->fd) {
      last->events = static_cast<short>(last->events | next->events);
    } else {
      *++last = *next;
    }
  }
  all.erase(last + 1, all.end());
  // Nobody rings for a shared word, and nobody at all without a bell.
  if (words_ != nullptr || !*door_bell_) until = std::min(until, os::monotonic() + Slice);
  int ready = os::poll(all, until);
  for (OnDescriptors* o = polled_; o != nullptr; o = o->next) {
    int its = 0;
    for (pollfd& p : o->descriptors) {
      auto result = std::ranges::lower_bound(all, p, by_number);
      const bool asked = ready > 0 && p.fd >= 0;
      p.revents = static_cast<short>(asked ? result->revents & (p.events | POLLERR | POLLHUP | POLLNVAL) : 0);
      its += p.revents != 0;
    }
    if (ready < 0 && ready != -EINTR) its = ready;
    if (its == 0) continue;
    o->ready = its;
    o->who->rouse();
  }
}

void Waiter::rest_in_hub(std::int64_t deadline) noexcept {
  // On the test's clock nothing ends by itself: move_clock rouses everybody.
  if (os::TestClock::active()) deadline = os::Never;
  if (signal_.lie_down(signal_.Parked)) hub_->park(*this, deadline);
  signal_.get_up();
}

int Waiter::rest_in_hub(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                        std::int64_t deadline) noexcept {
  if (word.load(std::memory_order_acquire) != expected) return EAGAIN;
  bool woken = signal_.lie_down(signal_.ParkedOnShared) && hub_->park_on(*this, word, expected, deadline);
  signal_.get_up();
  return woken ? 0 : os::monotonic() >= deadline ? ETIMEDOUT : EINTR;
}

int Waiter::rest_in_hub(std::span<pollfd> descriptors, std::int64_t deadline) noexcept {
  if (os::TestClock::active()) deadline = os::Never;
  int ready = 0;
  if (!hub_->has_room_for(descriptors.size())) return -ENOMEM;
  if (signal_.lie_down(signal_.ParkedPolling)) ready = hub_->park_on(*this, descriptors, deadline);
  signal_.get_up();
  return ready;
}

// Others on the same hub cannot do anything while one spins; once they all had
// their turn, it is time to rest.
bool Waiter::spin_in_hub(unsigned round) noexcept {
  if (round != 0 || !hub_->has_others_to_run()) return false;
  hub_->yield();
  return true;
}

bool GreenWaiter::spin(unsigned round, Coming) noexcept { return spin_in_hub(round); }

void Hub::finish() noexcept {
  Hub* hub = here_;
  if (hub == nullptr) return;
  constexpr int Chances = 3;  // for who waits again while it cleans up
  for (int i = 0; i < Chances && hub->busy(); ++i) {
    roll().each([hub](Waiter& who) {
      if (who.green() && who.hub() == hub && &who != &wait::self()) who.kill(who.life());  // itself: it calls exit()
    });
    while (hub->has_others_to_run()) hub->yield();
  }
  if (hub->root_ == nullptr || &wait::self() != hub->root_) return;
  hub->root_->set_hub(nullptr);
  hub->runs_.store(nullptr, std::memory_order_relaxed);
  here_ = nullptr;
  if (hub->busy()) return;  // those who would not go keep it
  std::scoped_lock held(mutex_of_spares);
  spare_hubs.push_back(hub);
}

// In the child of a fork() the green thread that called it is the only one, or
// the thread itself if that did: the others stayed behind, as threads do.
void Hub::forked() noexcept {
  mutex_of_spares.reset();
  Hub* hub = here_;
  if (hub == nullptr) return;
  Waiter& me = wait::self();
  hub->run_ = {};
  hub->inbox_.forget();
  hub->timers_.clear();
  hub->words_ = nullptr;
  hub->polled_ = nullptr;
  hub->descriptors_ = 0;
  hub->door_bell_.reset();
  hub->alive_ = me.green() ? 1 : 0;
  if (me.green()) hub->root_ = nullptr;
  hub->first_ = &me;
  hub->deadlock_.clear();
  hub->native_id_.store(os::native_id(), std::memory_order_relaxed);
}

void Hub::watch_forks() {
  static constinit ForkHandler handler{[]() noexcept { mutex_of_spares.lock(); },
                                       []() noexcept { mutex_of_spares.unlock(); }, forked};
  static const bool once = (on_fork(handler), true);
  static_cast<void>(once);
}

}  // namespace weft::wait
