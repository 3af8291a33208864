// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// What a program under test calls, told to the engine.

#include "support/model/data.hpp"
#include "support/model/engine.hpp"
#include "support/model/place.hpp"

namespace weft::model {
namespace {

std::string text(std::uint64_t value) {
  if (value < 1u << 16) return std::to_string(value);
  char hex[24];
  std::snprintf(hex, sizeof hex, "0x%llx", static_cast<unsigned long long>(value));
  return hex;
}

const char* text(std::memory_order order) {
  constexpr const char* Names[] = {"relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};
  return Names[static_cast<int>(order)];
}

std::string found(Engine& engine, const Location& location, const Store& store) {
  const Store& newest = engine.memory().newest(location.index());
  std::string line = " = " + text(store.value);
  if (store.at < newest.at) {
    line += " (stale: the newest is " + text(newest.value) + ", of step " + std::to_string(newest.step) + ")";
  }
  return line;
}

std::string place(Engine& engine, const Location& location, const Store& store) {
  return engine.memory().newest(location.index()).at == store.at ? "" : " (not the newest)";
}

}  // namespace

void Location::enter() const {
  if (Engine* engine = Engine::active()) {
    index_ = engine->memory().create(engine->thread(), initial_);
    run_ = engine->run();
  }
}

void Location::leave() const {
  if (Engine* engine = Engine::active(); engine != nullptr && run_ == engine->run()) {
    engine->memory().destroy(engine->thread(), index_);
  }
}

int Location::index() const {
  if (run_ != Engine::instance().run()) enter();
  return index_;
}

std::string Location::describe() const { return Engine::instance().name_of(this, "atomic"); }

std::uint64_t Location::load(std::memory_order order, Site site) const {
  Engine* engine = Engine::active();
  if (engine == nullptr) return initial_;
  engine->turn();
  order = engine->order(order, "load", site);
  const Store& store = engine->memory().load(engine->thread(), index(), order);
  if (engine->tracing()) {
    engine->note(describe() + ".load(" + text(order) + ")" + found(*engine, *this, store), &site);
  }
  return store.value;
}

void Location::store(std::uint64_t value, std::memory_order order, Site site) {
  Engine* engine = Engine::active();
  if (engine == nullptr) return void(initial_ = value);
  engine->turn();
  order = engine->order(order, "store", site);
  const Store& store = engine->memory().store(engine->thread(), index(), value, order);
  engine->changed();
  if (engine->tracing()) {
    engine->note(describe() + ".store(" + text(value) + ", " + text(order) + ")" + place(*engine, *this, store), &site);
  }
}

std::uint64_t Location::update(Update what, std::uint64_t operand, std::uint64_t mask, std::memory_order order,
                               Site site) {
  constexpr const char* Names[] = {"exchange", "fetch_add", "fetch_sub", "fetch_and", "fetch_or", "fetch_xor"};
  auto apply = [&](std::uint64_t old) {
    switch (what) {
      case Update::Exchange:
        return operand;
      case Update::Add:
        return (old + operand) & mask;
      case Update::Subtract:
        return (old - operand) & mask;
      case Update::And:
        return old & operand;
      case Update::Or:
        return old | operand;
      case Update::Xor:
        return old ^ operand;
    }
    return old;
  };
  Engine* engine = Engine::active();
  if (engine == nullptr) return std::exchange(initial_, apply(initial_));
  const char* name = Names[static_cast<int>(what)];
  engine->turn();
  order = engine->order(order, name, site);
  Memory::Updated updated = engine->memory().update(engine->thread(), index(), order, apply);
  engine->changed();
  if (engine->tracing()) {
    engine->note(describe() + "." + name + "(" + text(operand) + ", " + text(order) + ")" + " found " +
                     text(updated.read->value) + ", made " + text(updated.made->value) +
                     place(*engine, *this, *updated.made),
                 &site);
  }
  return updated.read->value;
}

bool Location::compare_exchange(std::uint64_t& expected, std::uint64_t desired, std::memory_order success,
                                std::memory_order failure, bool weak, Site site) {
  Engine* engine = Engine::active();
  if (engine == nullptr) {
    if (initial_ != expected) return expected = initial_, false;
    return initial_ = desired, true;
  }
  engine->turn();
  success = engine->order(success, "compare_exchange", site);
  failure = engine->order(failure, "failed compare_exchange", site);
  std::string line;
  if (engine->tracing()) {
    line = describe() + ".compare_exchange(" + text(expected) + " -> " + text(desired) + ", " + text(success) + ")";
  }
  if (weak && engine->accident()) {
    // A weak one that fails without reason is a load that happens to find what it expects.
    const Store& read = engine->memory().load(engine->thread(), index(), failure);
    expected = read.value;
    if (engine->tracing()) engine->note(line + " fails without reason," + found(*engine, *this, read), &site);
    return false;
  }
  Memory::Updated updated =
      engine->memory().compare_exchange(engine->thread(), index(), expected, desired, success, failure);
  if (updated.made == nullptr) {
    expected = updated.read->value;
    if (engine->tracing()) engine->note(line + " fails" + found(*engine, *this, *updated.read), &site);
    return false;
  }
  engine->changed();
  if (engine->tracing()) engine->note(line + " done" + place(*engine, *this, *updated.made), &site);
  return true;
}

void fence(std::memory_order order, Site site) {
  Engine* engine = Engine::active();
  if (engine == nullptr) return;
  engine->turn();
  order = engine->order(order, "fence", site);
  engine->memory().fence(engine->thread(), order);
  if (engine->tracing()) engine->note(std::string("fence(") + text(order) + ")", &site);
}

void fence_everyone(Site site) {
  Engine* engine = Engine::active();
  if (engine == nullptr) return;
  engine->turn();
  engine->fence_everyone();
  if (engine->tracing()) engine->note("fence_everyone()", &site);
}

void read_data(const void* address) {
  if (Engine* engine = Engine::active()) engine->data(address, false);
}

void write_data(const void* address) {
  if (Engine* engine = Engine::active()) engine->data(address, true);
}

void run_together(const Action* actions, int count) { Engine::instance().together(actions, count); }
void fail(Failure failure, std::string message) { Engine::instance().fail(failure, std::move(message)); }
void yield() { Engine::instance().yield(); }
void step() { Engine::instance().turn(); }
void until(const Action& condition) { Engine::instance().until(condition); }
int asleep() { return Engine::instance().asleep(); }
int moment() { return Engine::instance().step(); }
void lose(std::uint32_t id) { Engine::instance().lost.insert(id); }
void name(const void* object, const char* name) { Engine::instance().name(object, name); }

}  // namespace weft::model

namespace weft::wait {

Outcome InModel::wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, const Deadline& deadline,
                      const Reason& reason) {
  return model::Engine::instance().wait(word.location(), expected, deadline, reason);
}

int InModel::wake(const Atomic<std::uint32_t>& word, int n) {
  return model::Engine::instance().wake(word.location(), n);
}

bool InModel::spin(unsigned round, Coming) {
  // Some rounds are luck, as where a loop begins anew. More of them insist.
  if (round > 8) model::yield();
  return false;
}

std::uint32_t InModel::self() { return static_cast<std::uint32_t>(model::Engine::instance().self()); }

bool InModel::lost(std::uint32_t id) { return model::Engine::instance().lost.contains(id); }

}  // namespace weft::wait
