// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "os/clock.hpp"
#include "wait/deadline.hpp"
#include "weft/detail/alarm.hpp"
#include "weft/detail/self.hpp"
#include "weft/threading/condition.hpp"
#include "weft/threading/lock.hpp"
#include "weft/threading/thread.hpp"

namespace weft::detail {

/// All that are set, and the thread that keeps the time for them. Those that were
/// set before a fork() are not set in the child.
class Alarms {
 public:
  void add(Alarm& alarm) {
    Held held(lock_);
    repair();
    list_.push_back(&alarm);
    if (running_) {
      changed_.notify();
      return;
    }
    try {
      threading::Thread thread([this] { keep_time(); }, {.name = "weft-deadlines", .daemon = true});
      thread.start();
      running_ = true;
    } catch (...) {
      list_.pop_back();
      throw;
    }
  }

  void remove(Alarm& alarm) noexcept {
    Held held(lock_);
    repair();
    auto found = std::ranges::find(list_, &alarm);
    if (found == list_.end()) return;  // it has gone off, or was set before a fork()
    list_.erase(found);
    changed_.notify();
  }

 private:
  // In a child of fork() the thread is lost, and it may have been changing the
  // list: that one stays where it is.
  void repair() noexcept {
    if (generation_ == fork_generation) return;
    generation_ = fork_generation;
    std::construct_at(&list_);
    running_ = false;
  }

  void keep_time() {
    std::unique_lock held(lock_);
    while (!list_.empty()) {
      auto next = std::ranges::min_element(list_, {}, [](const Alarm* alarm) { return alarm->moment_; });
      if (!Alarm::passed((*next)->moment_)) {
        changed_.wait(Timeout::until((*next)->moment_));
        continue;
      }
      std::stop_source source = (*next)->source_;
      list_.erase(next);
      held.unlock();
      source.request_stop();  // runs what others have registered
      held.lock();
    }
    running_ = false;
  }

  threading::Lock lock_;
  threading::Condition changed_{lock_};
  std::uint32_t generation_ = fork_generation;  // of forks
  std::vector<Alarm*> list_;
  bool running_ = false;
};

namespace {

Alarms& alarms() {
  static auto* const alarms = new Alarms;  // never destroyed: tasks may outlive every static
  return *alarms;
}

}  // namespace

Alarm::Moment Alarm::after(const Timeout& timeout) noexcept {
  return timeout.is_forever() ? Never : std::max<std::int64_t>(wait::Deadline(timeout).at(), 1);
}

bool Alarm::passed(Moment moment) noexcept { return moment != Never && os::now() >= moment; }

Alarm::Alarm(Moment moment, std::stop_source source) : moment_(moment), source_(std::move(source)) {
  if (moment_ != Never) alarms().add(*this);
}

Alarm::~Alarm() {
  if (moment_ != Never) alarms().remove(*this);
}

}  // namespace weft::detail
