// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include "support/model/engine.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>

#include "os/clock.hpp"

namespace weft::model {
namespace {

// So often those who yield may go round with nothing changed, before time has
// to run out for somebody.
constexpr int MostVain = 4 * MaxThreads;

constexpr std::size_t DataSlots = 4096;  // a power of two

char letter(int actor) { return actor == 0 ? '-' : static_cast<char>('A' + actor - 1); }

}  // namespace

Engine& Engine::instance() {
  static Engine& engine = *new Engine;  // never destroyed: its stacks may hold what a failed run left
  return engine;
}

Engine* Engine::active() {
  Engine& engine = instance();
  return engine.active_ ? &engine : nullptr;
}

void Engine::begin(const Bounds& bounds, bool tracing) {
  active_ = true;
  tracing_ = tracing;
  bounds_ = bounds;
  ++run_;
  current_ = count_ = step_ = vain_ = 0;
  preemptions_left_ = bounds.preemptions;
  spurious_left_ = bounds.spurious;
  failure_ = Failure::None;
  sleepers_.clear();
  lost.clear();
  memory_.begin(bounds.stale);
  if (data_.empty()) data_.resize(DataSlots);
  if (tracing) {
    message_.clear();
    trace_.clear();
    names_.clear();
  }
}

void Engine::end() { active_ = false; }

void Engine::live(void* argument) {
  Engine& engine = *static_cast<Engine*>(argument);
  for (;;) {
    Actor& me = engine.actors_[engine.current_];
    bool thrown = true;
    try {
      (*me.body)();
      thrown = false;
    } catch (const std::exception& error) {
      engine.message_ = error.what();
    } catch (...) {
      engine.message_ = "not a std::exception";
    }
    if (thrown) engine.fail(Failure::Exception, "an exception left an actor: " + engine.message_);
    if (engine.tracing_) engine.note("ends");
    me.state = State::Ended;
    engine.pick();
  }
}

void Engine::together(const Action* actions, int count) {
  if (current_ != 0 || count >= MaxThreads)
    return fail(Failure::Limit, "together() takes seven actors, and none may call it");
  count_ = count;
  for (int i = 1; i <= count; ++i) {
    Actor& actor = actors_[i];
    if (!actor.fiber) {
      actor.fiber = std::make_unique<Fiber>(live, this);
    } else if (actor.state != State::Ended) {
      actor.fiber->restart();
    }
    actor.state = State::Ready;
    actor.just_chosen = true;
    actor.body = &actions[i - 1];
    memory_.start(i);
  }
  pick();
  if (failure_ != Failure::None) throw Aborted();
  for (int i = 1; i <= count; ++i) memory_.join(i);
  count_ = 0;
}

// The stack that this is called on may be left for good, so nothing on it may
// own memory by then.
void Engine::fail(Failure failure, std::string message) {
  if (failure_ != Failure::None) return;
  failure_ = failure;
  message_ = message;
  std::string().swap(message);
  if (tracing_) note("FAILS: " + message_);
  if (current_ == 0) throw Aborted();
  transfer(0);
}

void Engine::transfer(int to) {
  int from = current_;
  current_ = to;
  Fiber::transfer(fiber(from), fiber(to));
}

void Engine::turn() {
  if (failure_ != Failure::None) return;
  if (++step_ > bounds_.steps) {
    return fail(Failure::Livelock, "no end after " + std::to_string(bounds_.steps) + " steps" + who_waits());
  }
  memory_.set_step(step_);
  if (current_ == 0) return;
  Actor& me = actors_[current_];
  if (me.just_chosen) {
    me.just_chosen = false;
  } else {
    pick();
  }
}

// Who could make a step now, besides the one whose turn it is.
void Engine::offer_steps(bool yielded) {
  for (int i = 1; i <= count_; ++i) {
    int actor = current_ + i > count_ ? current_ + i - count_ : current_ + i;
    Actor& other = actors_[actor];
    bool ready = other.state == State::Ready || (other.state == State::Until && (*other.condition)()) ||
                 (yielded && other.state == State::Yielded);
    if (ready && !(actor == current_ && other.state == State::Ready)) steps_.add(actor, Resume::Go);
  }
}

// Whose sleep could end without a wake. True if one of them will, in time: what
// is merely possible saves nobody from a deadlock.
bool Engine::offer_accidents() {
  bool sure = false;
  for (int actor : sleepers_) {
    const wait::Deadline& deadline = *actors_[actor].deadline;
    if (deadline.stopped()) accidents_.add(actor, Resume::Interrupt);
    if (deadline.at() != os::Never) accidents_.add(actor, Resume::TimeOut);
    sure |= deadline.stopped() || deadline.at() != os::Never;
    if (spurious_left_ > 0) accidents_.add(actor, Resume::Spurious);
  }
  return sure;
}

// Decides who goes on, and lets it.
void Engine::pick() {
  const bool can_stay = current_ != 0 && actors_[current_].state == State::Ready;
  if (can_stay && preemptions_left_ == 0) return;
  steps_.count = accidents_.count = 0;
  const bool time_helps = offer_accidents();
  offer_steps(false);
  if (steps_.count == 0 && !can_stay) {
    if (vain_ < MostVain || !time_helps) {
      offer_steps(true);
      ++vain_;
    }
    if (steps_.count == 0 && !time_helps) {
      bool ended = std::all_of(actors_.begin() + 1, actors_.begin() + 1 + count_,
                               [](const Actor& actor) { return actor.state == State::Ended; });
      if (ended) return transfer(0);
      return fail(Failure::Deadlock, "nobody can go on" + who_waits());
    }
  }
  if (steps_.count + accidents_.count == 0) return;
  if (can_stay) {
    if (choices_.among(2, Choices::Turn) == 0) return;
    if (preemptions_left_ > 0) --preemptions_left_;
  }
  bool accident = accidents_.count != 0 && (steps_.count == 0 || choices_.among(2, Choices::Accident) != 0);
  const Options& options = accident ? accidents_ : steps_;
  resume(options.list[choices_.among_equals(options.count)]);
}

void Engine::resume(const Option& option) {
  Actor& actor = actors_[option.actor];
  if (option.how == Resume::Go) {
    if (actor.state != State::Ready) actor.just_chosen = true;
    if (actor.state == State::Yielded) {
      for (Actor& each : actors_) {
        if (each.state == State::Yielded) each.state = State::Ready;
      }
    }
  } else {
    std::erase(sleepers_, option.actor);
    switch (option.how) {
      case Resume::Go:
        break;
      case Resume::TimeOut:
        actor.outcome = wait::Outcome::TimedOut;
        if (std::int64_t left = actor.deadline->at() - os::now(); left > 0) os::TestClock::move(left);
        break;
      case Resume::Interrupt:
        actor.outcome = wait::Outcome::Interrupted;
        break;
      case Resume::Spurious:
        actor.outcome = wait::Outcome::Woken;
        --spurious_left_;
        break;
    }
  }
  actor.state = State::Ready;
  if (option.actor != current_) transfer(option.actor);
}

void Engine::yield() {
  turn();
  if (current_ == 0) return;
  if (tracing_) note("yields");
  actors_[current_].state = State::Yielded;
  pick();
}

void Engine::changed() {
  vain_ = 0;
  for (int i = 1; i <= count_; ++i) {
    if (actors_[i].state == State::Yielded) actors_[i].state = State::Ready;
  }
}

void Engine::fence_everyone() {
  memory_.fence(current_, std::memory_order_seq_cst);
  for (int other = 1; other <= count_; ++other) {
    if (other == current_) continue;
    if (actors_[other].state != State::Ended) turn();
    memory_.fence(other, std::memory_order_seq_cst);
  }
  memory_.fence(current_, std::memory_order_seq_cst);
}

void Engine::until(const Action& condition) {
  turn();
  if (condition()) return;
  if (current_ == 0) return fail(Failure::Deadlock, "until() outside of together(), and it is not so");
  Actor& me = actors_[current_];
  me.state = State::Until;
  me.condition = &condition;
  me.since = step_;
  pick();
}

int Engine::asleep() const { return static_cast<int>(sleepers_.size()); }

wait::Outcome Engine::wait(const Location& word, std::uint32_t expected, const wait::Deadline& deadline,
                           const wait::Reason& reason) {
  turn();
  if (failure_ != Failure::None) return wait::Outcome::Interrupted;
  const Store& newest = memory_.look(current_, word.index());
  auto tell = [&](const char* how) {
    if (tracing_) note(word.describe() + ".wait(" + std::to_string(expected) + ") for " + reason.kind + how);
  };
  auto at_once = [&](wait::Outcome outcome, const char* how) {
    tell(how);
    return outcome;
  };
  if (static_cast<std::uint32_t>(newest.value) != expected) return at_once(wait::Outcome::Changed, ": changed");
  if (deadline.stopped()) return at_once(wait::Outcome::Interrupted, ": interrupted");
  if (deadline.passed()) return at_once(wait::Outcome::TimedOut, ": no time left");
  if (current_ == 0) {
    fail(Failure::Deadlock, std::string("a wait for ever, for ") + reason.kind + ", outside of together()");
    return wait::Outcome::Interrupted;
  }
  tell(": sleeps");
  Actor& me = actors_[current_];
  me.state = State::Asleep;
  me.word = &word;
  me.deadline = &deadline;
  me.reason = &reason;
  me.since = step_;
  sleepers_.push_back(current_);
  pick();
  if (tracing_) {
    constexpr const char* Words[] = {"is awake", "has no time left", "", "is interrupted"};
    note(Words[static_cast<int>(me.outcome)]);
  }
  return me.outcome;
}

int Engine::wake(const Location& word, int n) {
  turn();
  if (failure_ != Failure::None) return 0;
  int woken = 0;
  std::string text;
  while (woken < n) {
    Options candidates;
    for (int actor : sleepers_) {
      if (actors_[actor].word == &word) candidates.add(actor, Resume::Go);
    }
    if (candidates.count == 0) break;
    int chosen = bounds_.any_order ? choices_.among(candidates.count, Choices::Accident) : 0;
    int actor = candidates.list[chosen].actor;
    std::erase(sleepers_, actor);
    actors_[actor].state = State::Ready;
    actors_[actor].just_chosen = true;
    actors_[actor].outcome = wait::Outcome::Woken;
    if (tracing_) text += std::string(" ") + letter(actor);
    ++woken;
  }
  if (woken != 0) changed();
  // The word need not exist any more, so it is not asked for its name.
  if (tracing_)
    note("wake(" + (n == wait::Everyone ? "everyone" : std::to_string(n)) + "):" + (woken == 0 ? " nobody" : text));
  return woken;
}

bool Engine::accident() {
  if (spurious_left_ == 0 || current_ == 0 || choices_.among(2, Choices::Accident) == 0) return false;
  --spurious_left_;
  return true;
}

void Engine::data(const void* address, bool write) {
  if (failure_ != Failure::None) return;
  auto slot = reinterpret_cast<std::uintptr_t>(address) * 0x9e3779b97f4a7c15ull >> 40;
  for (std::size_t tried = 0;; ++slot, ++tried) {
    if (tried == DataSlots)
      return fail(Failure::Limit, "the model has room for 4096 addresses of plain data in one run");
    DataAt& at = data_[slot % DataSlots];
    if (at.run != run_) at = {address, run_, {}};
    if (at.address != address) continue;
    int other = write ? memory_.write(current_, at.data) : memory_.read(current_, at.data);
    if (tracing_) note(name_of(address, "data") + (write ? " is written" : " is read"));
    if (other < 0) return;
    return fail(Failure::Race, std::string("a race: ") + letter(current_) + (write ? " writes " : " reads ") +
                                   name_of(address, "data") + ", and nothing orders that with what " + letter(other) +
                                   " does there");
  }
}

void Engine::note(const std::string& line, const Site* site) {
  char head[32];
  std::snprintf(head, sizeof head, "%5d  %c  ", step_, letter(current_));
  trace_ += head + line;
  if (site != nullptr) {
    const char* file = std::strrchr(site->file, '/');
    trace_ += std::string("   [") + (file == nullptr ? site->file : file + 1) + ":" + std::to_string(site->line) + "]";
  }
  trace_ += "\n";
}

std::string Engine::name_of(const void* object, const char* prefix) {
  std::string& name = names_[object];
  if (name.empty()) name = prefix + std::to_string(names_.size());
  return name;
}

std::string Engine::who_waits() {
  std::string text;
  for (int i = 1; i <= count_; ++i) {
    const Actor& actor = actors_[i];
    text += std::string("\n  ") + letter(i);
    switch (actor.state) {
      case State::Ended:
        text += " has ended";
        break;
      case State::Ready:
      case State::Yielded:
        text += " runs";
        break;
      case State::Until:
        text += " waits until something is so, since step " + std::to_string(actor.since);
        break;
      case State::Asleep:
        text += std::string(" waits for ") + actor.reason->kind;
        if (actor.reason->name != nullptr) text += std::string(" '") + actor.reason->name + "'";
        if (actor.reason->owner != 0) {
          text += actor.reason->owner < MaxThreads ? std::string(" of ") + letter(static_cast<int>(actor.reason->owner))
                                                   : " of " + std::to_string(actor.reason->owner);
        }
        text += ", since step " + std::to_string(actor.since) + ", on " + actor.word->describe() + ", which is " +
                std::to_string(memory_.newest(actor.word->index()).value);
        break;
    }
  }
  return text;
}

std::memory_order Engine::order(std::memory_order order, const char* operation, const Site& site) {
  if (collected != nullptr) {
    auto add = [&](std::memory_order to) { collected->insert({site.file, site.line, operation, order, to}); };
    bool loads = std::strcmp(operation, "store") != 0, stores = std::strcmp(operation, "load") != 0;
    switch (order) {
      case std::memory_order_seq_cst:
        add(loads && stores ? std::memory_order_acq_rel
                            : (loads ? std::memory_order_acquire : std::memory_order_release));
        break;
      case std::memory_order_acq_rel:
        add(std::memory_order_acquire);
        add(std::memory_order_release);
        break;
      case std::memory_order_acquire:
      case std::memory_order_consume:
      case std::memory_order_release:
        add(std::memory_order_relaxed);
        break;
      case std::memory_order_relaxed:
        break;
    }
  }
  if (weakened != nullptr && weakened->from == order && weakened->line == site.line &&
      std::strcmp(weakened->operation, operation) == 0 && weakened->file == site.file) {
    return weakened->to;
  }
  return order;
}

}  // namespace weft::model
