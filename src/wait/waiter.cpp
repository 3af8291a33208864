// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "wait/waiter.hpp"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <mutex>
#include <utility>

#include "os/cpu.hpp"
#include "os/mutex.hpp"
#include "os/native_id.hpp"
#include "wait/blocks.hpp"
#include "wait/fork.hpp"
#include "wait/hub.hpp"
#include "wait/lot.hpp"
#include "wait/roll.hpp"
#include "wait/stacks.hpp"
#include "wait/thread_waiter.hpp"
#include "weft/detail/self.hpp"

namespace weft::detail {

constinit thread_local std::uint32_t self_id [[gnu::tls_model("initial-exec")]] = 0;

std::uint32_t enlist() { return wait::self().id(); }

}  // namespace weft::detail

namespace weft::wait {

constinit std::atomic<bool> door_closed{false};
constinit thread_local Waiter* current [[gnu::tls_model("initial-exec")]] = nullptr;

namespace {

constinit os::Mutex mutex_of_spares;
constinit ThreadWaiter* spares = nullptr;

ThreadWaiter* take_spare() {
  {
    std::scoped_lock held(mutex_of_spares);
    if (spares != nullptr) {
      ThreadWaiter* spare = spares;
      spares = spare->next_spare;
      return spare;
    }
  }
  return new ThreadWaiter;
}

// Runs as a pthread key's destructor, after those of all thread_locals: those
// may still use locks. What a later key's destructor uses enlists once more.
void leave_thread(void* waiter) {
  auto* me = static_cast<ThreadWaiter*>(waiter);
  Hub::finish();
  me->clean_up();
  hand_on_stacks();
  hand_on_blocks();
  roll().leave(*me);
  detail::self_id = 0;
  current = nullptr;
  std::scoped_lock held(mutex_of_spares);
  me->next_spare = spares;
  spares = me;
}

pthread_key_t leave_key() {
  static const pthread_key_t key = [] {
    pthread_key_t made;
    ::pthread_key_create(&made, leave_thread);
    return made;
  }();
  return key;
}

}  // namespace

os::Mutex& spares_mutex() noexcept { return mutex_of_spares; }

void Label::set(std::string_view text) noexcept {
  Text bytes{};
  std::memcpy(bytes.data(), text.data(), std::min(text.size(), bytes.size() - 1));
  std::uint32_t version = version_.load(std::memory_order_relaxed);
  version_.store(version + 1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + i * sizeof word, sizeof word);
    words_[i].store(word, std::memory_order_release);  // not before the odd version
  }
  version_.store(version + 2, std::memory_order_release);
}

Label::Text Label::text() const noexcept {
  Text text;
  for (int tries = 0; tries < 100; ++tries) {
    std::uint32_t before = version_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::uint64_t word = words_[i].load(std::memory_order_acquire);  // not after the second look at the version
      std::memcpy(text.data() + i * sizeof word, &word, sizeof word);
    }
    if (before % 2 == 0 && version_.load(std::memory_order_relaxed) == before) return text;
  }
  return {};
}

void close_door() noexcept { door_closed.store(true, std::memory_order_release); }

void Waiter::stay_outside() noexcept {
  for (;;) ::pause();
}

void Waiter::clean_up() noexcept {
  if (running != nullptr) end_running(*this);
  lose_locals();
}

void Waiter::lose_locals() {
  while (void* mine = std::exchange(locals, nullptr)) drop_locals(mine);
}

void Waiter::interrupt() noexcept {
  interrupted_.store(true, std::memory_order_release);
  rouse();
}

void Waiter::kill(std::uint64_t life) noexcept {
  if (kill_.ask(life, life_)) rouse();
}

// Who is already on the way out must not be thrown at again.
bool Waiter::may_be_thrown_at() const noexcept { return raise != nullptr && std::uncaught_exceptions() == 0; }

void Waiter::raise_pending() {
  if (!killed()) return;
  kill_.take();
  raise(argument);
}

bool Waiter::waits_for_others(std::uint32_t& waits) const noexcept {
  waits = waits_.load(std::memory_order_acquire);
  if (kind_.load(std::memory_order_acquire) == nullptr) return false;
  if (deadline_.load(std::memory_order_acquire) != os::Never) return false;
  auto state = signal_.state();
  return state == signal_.Asleep || state == signal_.Parked;
}

void Waiter::waits(const Reason& reason, const Deadline& deadline) noexcept {
  waits_.store(waits_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  // Each release: not before the new count; who acquires one in seen() finds that.
  object_.store(reason.object, std::memory_order_release);
  owner_.store(reason.owner, std::memory_order_release);
  since_.store(green_ ? os::coarse() : os::now(), std::memory_order_release);
  deadline_.store(deadline.at(), std::memory_order_release);
  if (reason.name != nullptr || object_named_) object_name_.set(reason.name != nullptr ? reason.name : "");
  object_named_ = reason.name != nullptr;
  kind_.store(reason.kind, std::memory_order_release);
}

Sight Waiter::seen() const {
  Sight sight;
  for (int tries = 0; tries < 100; ++tries) {
    std::uint32_t before = waits_.load(std::memory_order_acquire);
    const char* kind = kind_.load(std::memory_order_acquire);
    sight.kind = kind != nullptr ? kind : "";
    sight.object = object_.load(std::memory_order_acquire);
    sight.owner = owner_.load(std::memory_order_acquire);
    sight.since = since_.load(std::memory_order_acquire);
    sight.deadline = deadline_.load(std::memory_order_acquire);
    sight.object_name = object_name_.get();
    if (waits_.load(std::memory_order_acquire) == before) break;
  }
  sight.id = id();
  sight.name = shown_name().data();
  sight.native_id = native_id_.load(std::memory_order_relaxed);
  sight.green = green_;
  return sight;
}

bool Waiter::has_company() const noexcept { return hub_ != nullptr && hub_->busy(); }

bool Waiter::rests_in_hub() const noexcept { return hub_ != nullptr && (hub_->busy() || hub_->has_to_tend()); }

// One short pause, for who is about to be served by the other core (for the end of a
// task, with looks in between); then the core is given away a number of times, for who is to be served by somebody
// without one. Longer pauses did harm in every measurement, and for work that others have to get round to any pause
// does; they also want their sleepers asleep sooner, so that the core goes to those who have something to do. But two
// of whom each sleeps before the other has woken up would always sleep: after a wait that was over about as soon as one
// can be woken, one looks for longer than that takes, if nobody else wants the core meanwhile.
bool ThreadWaiter::spin(unsigned round, Coming coming) noexcept {
  constexpr unsigned Pauses = 10, Yields = 40, YieldsForWork = 12;
  if (has_company()) return spin_in_hub(round);
  if (round == 0) begun_ = os::ticks();
  if (round == 0 && coming == Coming::Soon) {
    for (unsigned i = 0; i < Pauses; ++i) os::cpu_pause();
    return true;
  }
  if (round < Pauses && coming == Coming::End) {
    os::cpu_pause();
    return true;
  }
  if (round > (coming == Coming::Work ? YieldsForWork : Yields) && !looks_longer()) return false;
  gave_ = os::give_core();
  return gave_ != os::Gave::Up;
}

bool ThreadWaiter::looks_longer() const noexcept {
  return was_short_ && gave_ == os::Gave::Nothing && os::ticks() - begun_ < os::ticks_of_a_slice() / 8;
}

int ThreadWaiter::rest_on(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                          std::int64_t deadline) noexcept {
  if (rests_in_hub()) return rest_in_hub(word, expected, deadline);
  int error = EINTR;
  if (signal_.lie_down(signal_.AsleepOnShared)) {
    // Of two that were woken the kernel tells the last: so the shared word stands there.
    constexpr int Shared = 1;
    os::Watched both[] = {{&signal_.word(), signal_.AsleepOnShared, os::Scope::Private},
                          {&word, expected, os::Scope::Shared}};
    int woken = os::futex_wait_any(both, deadline);
    error = woken == Shared ? 0 : woken < 0 ? -woken : EINTR;
    // Without futex_waitv a rouse() is seen at the end of the sleep, 100 ms at most.
    if (error == ENOSYS) error = os::futex_wait(word, expected, deadline, os::Scope::Shared);
    note_sleep(error == 0);
  }
  signal_.get_up();
  return error;
}

void Waiter::rouse_from(Signal<InProcess>::State rested) noexcept {
  using State = Signal<InProcess>::State;
  switch (rested) {
    case State::Asleep:
    case State::AsleepOnShared:
      os::futex_wake(signal_.word(), 1, os::Scope::Private);
      break;
    case State::Polling:
      static_cast<ThreadWaiter*>(this)->bell_->ring();
      break;
    case State::Parked:
    case State::ParkedOnShared:
    case State::ParkedPolling:
      hub_->arrive(*this);
      break;
    case State::Quiet:
    case State::Roused:
      break;
  }
}

InKernel::InKernel(const Reason& reason, const Deadline& deadline) noexcept : me_(self()) {
  me_.pass_door();
  me_.waits(reason, deadline);
}

InKernel::~InKernel() {
  me_.goes_on();
  me_.pass_door();
}

Waiter& enlist() {
  watch_forks();
  ThreadWaiter* me = take_spare();
  me->name.set("");
  me->set_native_id(os::native_id());
  me->set_daemon(false);
  me->begin_life();
  me->take_interrupt();  // one that came too late for whoever was this waiter before
  roll().enter(*me);
  current = me;
  detail::self_id = me->id();
  ::pthread_setspecific(leave_key(), me);
  return *me;
}

bool sleep(const Deadline& deadline) noexcept {
  Waiter& me = self();
  me.pass_door();
  me.waits({"sleep", nullptr}, deadline);
  bool over = deadline.passed();
  while (!over && !me.called_off(deadline)) {
    me.rest(deadline.at());
    over = deadline.passed();
  }
  me.goes_on();
  me.pass_door();
  if (over) return true;
  me.take_interrupt();
  return false;
}

Label::Text name_of_green(std::uint32_t id) noexcept {
  Label::Text text{};
  std::snprintf(text.data(), text.size(), "Greenlet-%u", Roll::place_of(id));
  return text;
}

Label::Text Waiter::shown_name() const noexcept {
  Label::Text text = name.text();
  if (text[0] != '\0') return text;
  if (green_) return name_of_green(id());
  if (native_id() == ::getpid()) std::strcpy(text.data(), "MainThread");
  return text;
}

Waiter* find(std::uint32_t id) noexcept { return roll().find(id); }

void rename(int native_id, std::string_view name) noexcept {
  roll().each([&](Waiter& who) {
    if (!who.green() && who.native_id() == native_id) who.name.set(name);
  });
}

std::vector<Sight> everybody() {
  std::vector<Sight> sights;
  roll().each([&](const Waiter& who) { sights.push_back(who.seen()); });
  return sights;
}

std::string report() {
  std::int64_t now = os::now();
  std::string text;
  for (const Sight& s : everybody()) {
    char line[256];
    auto named = [](const Sight& who) {
      std::string tid = std::to_string(who.native_id);
      if (who.green) return "green thread " + who.name + " (of thread " + tid + ")";
      return who.name.empty() ? "thread " + tid : who.name + " (tid " + tid + ")";
    };
    text += named(s);
    if (s.kind.empty()) {
      text += ": not waiting\n";
      continue;
    }
    std::snprintf(line, sizeof line, ": waiting for %s %s%s%s(%p) since %.3f s", s.kind.c_str(),
                  s.object_name.empty() ? "" : "'", s.object_name.c_str(), s.object_name.empty() ? "" : "' ", s.object,
                  static_cast<double>(now - s.since) / 1e9);
    text += line;
    if (s.deadline != os::Never) {
      std::snprintf(line, sizeof line, ", for at most %.3f s more", static_cast<double>(s.deadline - now) / 1e9);
      text += line;
    }
    if (s.owner != 0) {
      Waiter* owner = find(s.owner);
      text += owner != nullptr ? ", held by " + named(owner->seen()) : ", held by a thread that has ended";
    }
    text += '\n';
  }
  return text;
}

void move_clock(std::int64_t nanoseconds) {
  os::TestClock::move(nanoseconds);
  roll().each([](Waiter& who) { who.rouse(); });
}

}  // namespace weft::wait
