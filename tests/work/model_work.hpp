// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <utility>

#include "support/model/model.hpp"
#include "work/await.hpp"
#include "work/listeners.hpp"

namespace weft::test {

using model::Data;
using wait::InModel;

/// A Work as the pools put it together, in the place of the model.
class ModelWork {
  using Word = detail::WorkWord;

 public:
  bool run() {
    bool mine = begin();
    if (mine) end();
    return mine;
  }
  bool begin() { return claim(Word::Running); }
  void end() {
    target = 0;
    result = 7;
    finish();
  }
  bool cancel(std::uint32_t phase = Word::Notified) {
    if (!claim(phase)) return false;
    target = 0;
    wake(word_.load(std::memory_order_relaxed));
    return true;
  }
  bool notify() {
    const std::uint32_t notified = Word::notify(word_);
    if (notified != 0) wake(notified);
    return notified != 0;
  }
  bool set(int value) {
    if (!Word::begin_setting(word_)) return false;
    result = value;
    finish();
    return true;
  }
  bool wait(const Timeout& timeout = {}) { return work::await<InModel>(word_, timeout, {"Future", this}); }

  /// Somebody who wants to be told.
  struct Ear : detail::Listener {
    explicit Ear(bool only_settled) : Listener(nullptr, only_settled) {}
    Data<int> told = 0;
  };
  void tell(detail::Listener& ear) {
    if (!listeners_.enter<InModel>(ear, word_)) tell_all(&ear);
  }
  bool forget(detail::Listener& ear) { return listeners_.leave<InModel>(ear); }

  void (*hear)(detail::Listener&) = nullptr;  // whoever is told is not an Ear, and is told so

  // For who waits in a worker of its own.
  bool run_if_here() { return run() || done(); }
  static bool left_behind() { return false; }

  // For who has waited, or was told: that has acquired what there is to see.
  bool finished() { return Word::phase(word_.load(std::memory_order_relaxed)) == Word::Finished; }

  bool pending() { return Word::phase(word_.load(std::memory_order_acquire)) == Word::Pending; }
  bool done() { return Word::done(word_.load(std::memory_order_acquire)); }

  int claims = 0;        // how often it was taken out of Pending; of the model alone: no step
  Data<int> target = 1;  // what is to be called, destroyed by whoever has it
  Data<int> result = 0;

 private:
  bool claim(std::uint32_t phase) {
    bool mine = Word::leave_pending(word_, phase);
    claims += mine;
    return mine;
  }
  void finish() { wake(Word::finish(word_)); }
  void wake(std::uint32_t found) {
    if ((found & Word::Asleep) != 0) InModel::wake(word_, wait::Everyone);
    if ((found & Word::Heard) == 0) return;
    const bool settled = Word::settled(word_.load(std::memory_order_relaxed));
    tell_all(listeners_.take<InModel>(settled));
  }
  void tell_all(detail::Listener* listener) {
    while (listener != nullptr) {
      detail::Listener& first = *std::exchange(listener, listener->next);
      if (hear != nullptr) {
        hear(first);
        continue;
      }
      auto& ear = static_cast<Ear&>(first);
      ear.told = ear.told + 1;
      if (finished()) model::require(result != 0, "who is told sees the result");
    }
  }

  InModel::Atomic<std::uint32_t> word_{Word::Pending};
  detail::Listeners<InModel::Atomic<std::uint32_t>> listeners_;
};

}  // namespace weft::test
