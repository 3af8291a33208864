// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "support/model/model.hpp"
#include "work/await.hpp"

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
  bool cancel() {
    if (!claim(Word::Notified)) return false;
    target = 0;
    wake(word_.load(std::memory_order_relaxed));
    return true;
  }
  bool set(int value) {
    if (!Word::begin_setting(word_)) return false;
    result = value;
    finish();
    return true;
  }
  bool wait(const Timeout& timeout = {}) { return work::await<InModel>(word_, timeout, {"Future", this}); }
  // For who has waited: that has acquired what there is to see.
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
  }

  InModel::Atomic<std::uint32_t> word_{Word::Pending};
};

}  // namespace weft::test
