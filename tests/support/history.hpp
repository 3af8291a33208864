// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weft::test {

/// One call on a queue, as it was seen from outside.
struct Call {
  enum Kind { Put, Get, SawEmpty, SawFull };

  Kind kind;
  int item;                // of Put and Get
  std::uint64_t from, to;  // moments: the call lies between them
  int who = 0;
};

/// Whether the calls could have happened one after the other, each at some
/// moment between its from and to, on a first-in first-out queue that holds at
/// most `maxsize` (0: any number). At most 64 calls, and better far fewer.
class FifoHistory {
 public:
  explicit FifoHistory(std::vector<Call> calls, std::size_t maxsize) : calls_(std::move(calls)), maxsize_(maxsize) {}

  bool linearizable() { return search(0, {}); }

  std::string text() const {
    static const char* const names[] = {"put", "get", "saw empty", "saw full"};
    std::string text;
    for (const Call& call : calls_) {
      text += "thread " + std::to_string(call.who) + " [" + std::to_string(call.from) + ", " + std::to_string(call.to) +
              "] " + names[call.kind] + (call.kind <= Call::Get ? " " + std::to_string(call.item) : "") + "\n";
    }
    return text;
  }

 private:
  bool search(std::uint64_t done, std::deque<int> items) {
    if (done == (calls_.size() == 64 ? ~0ull : (1ull << calls_.size()) - 1)) return true;
    if (!seen_.emplace(done, items).second) return false;
    // Only a call that began before every other one had ended may come next.
    std::uint64_t first_end = ~0ull;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (!(done >> i & 1) && calls_[i].to < first_end) first_end = calls_[i].to;
    }
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      const Call& call = calls_[i];
      if ((done >> i & 1) || call.from > first_end) continue;
      std::deque<int> after = items;
      bool full = maxsize_ != 0 && items.size() >= maxsize_;
      switch (call.kind) {
        case Call::Put:
          if (full) continue;
          after.push_back(call.item);
          break;
        case Call::Get:
          if (items.empty() || items.front() != call.item) continue;
          after.pop_front();
          break;
        case Call::SawEmpty:
          if (!items.empty()) continue;
          break;
        case Call::SawFull:
          if (!full) continue;
          break;
      }
      if (search(done | 1ull << i, std::move(after))) return true;
    }
    return false;
  }

  std::vector<Call> calls_;
  std::size_t maxsize_;
  std::set<std::pair<std::uint64_t, std::deque<int>>> seen_;
};

}  // namespace weft::test
